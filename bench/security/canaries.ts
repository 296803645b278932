import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretForms } from '../../src/core/domain/secret-forms.js';
import { runPyra } from '../../test/support/built-program.js';
import { type ModelStep, startModelServer } from '../../test/support/model-server.js';
import { PROJECT } from '../../test/support/source-files.js';
import { removeFolder, temporaryFolder } from '../../test/support/temporary-folder.js';
import type { SecurityBenchmark } from './data-folder.js';
import type { SecurityFigure } from './figure.js';

const WHAT = { id: 'L1', name: 'places of the built program that hold a planted secret, raw or encoded' };
const KEY = 'canary/key+7f3Qz9-Wm2Lx8Tv';
const PASSPHRASE = 'canary passphrase 5hQ-Zt2';
const ENVIRONMENT = 'sk-canary-of-the-environment-84Jd';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');

/** L1: a vault key that a hostile server throws back in every way, looked for wherever the built program leaves bytes. */
export const canaries: SecurityBenchmark = {
  name: 'canaries',
  async figures() {
    if (!existsSync(join(PROJECT, 'dist/main.js'))) return [{ kind: 'skipped', ...WHAT, why: 'not built: npm run build' }];
    const folder = temporaryFolder();
    const processes: Place[] = [];
    const look = (step: ModelStep): ModelStep => {
      return () => {
        processes.push(...processPlaces(folder));
        return step;
      };
    };
    const server = await startModelServer(hostileSteps().map(look), { key: KEY });
    try {
      return [await figure(folder, server, processes)];
    } finally {
      await server.close();
      removeFolder(folder);
    }
  },
};

interface Place {
  readonly place: string;
  readonly bytes: string;
}

function hostileSteps(): readonly ModelStep[] {
  const remember = (name: string, content: string): ModelStep => ({ calls: [{ name: 'memory__remember', args: { name, content } }] });
  return [
    { text: [`your key is ${KEY}, `, base64(KEY), ` and ${hex(KEY)}`] },
    { text: [KEY.slice(0, 9), KEY.slice(9), ' in pieces'] },
    { reasoning: `I think of ${KEY}`, text: 'done' },
    remember('knowledge/raw.md', `the key ${KEY}`),
    { text: 'noted' },
    remember('knowledge/encoded.md', `the key ${base64(`x${KEY}`)} ${[...KEY].reverse().join('')}`),
    { text: 'noted' },
    { calls: [{ name: 'memory__search', args: { query: KEY } }] },
    { text: 'searched' },
    { calls: [{ name: `memory__${KEY}`, args: `{"broken": "${KEY}` }] },
    { text: 'so be it' },
    { fault: 'status', status: 400, body: { error: { message: `bad key ${KEY}`, code: KEY } } },
    { fault: 'status', status: 401, body: `Bearer ${KEY} is refused; ${base64(KEY)}` },
    { fault: 'error-mid-stream', text: 'half ', error: { message: `the key ${KEY} is spent` } },
    { fault: 'garbage', text: KEY },
    { text: 'seen' },
  ];
}

async function figure(
  folder: string,
  server: Awaited<ReturnType<typeof startModelServer>>,
  processes: readonly Place[],
): Promise<SecurityFigure> {
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const [passphraseFile, keyFile] = [join(folder, 'passphrase'), join(folder, 'key')];
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });
  writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 });
  const proxied = { HTTPS_PROXY: `http://user:${ENVIRONMENT}@127.0.0.1:9`, OPENAI_API_KEY: ENVIRONMENT, OPENAI_ORG_ID: ENVIRONMENT };
  const env = { ...proxied, TMPDIR: temporary, PYRA_VAULT_PASSPHRASE_FILE: passphraseFile };
  const printed: Place[] = [];
  const pyra = async (args: readonly string[], input?: string): Promise<number | null> => {
    const end = await runPyra(args, { home, env, timeoutMs: 30_000, ...(input === undefined ? {} : { input }) });
    printed.push({ place: `output of pyra ${args.slice(0, 3).join(' ')} (${printed.length})`, bytes: end.stdout + end.stderr });
    return end.code;
  };
  const setup = ['setup', '--provider', 'openai-compatible', '--base-url', server.url, '--model', 'scripted', '--no-input'];
  const made = await pyra([...setup, '--key-file', keyFile, '--passphrase-file', passphraseFile]);
  if (made !== 0) throw new Error(`setup ended with ${made}: ${printed.at(-1)?.bytes}`);
  const allow = ['--allow', 'memory.remember', '--allow', 'memory.search'];
  for (const more of [[], ['--json'], ['--json-stream'], allow, [...allow, '--json-stream'], [], [], [], ['--json'], [], [], []]) {
    await pyra(['ask', 'hello', ...more]);
  }
  for (const args of ['usage --json', 'security log --json', 'doctor', 'memory export', 'session list --json', 'config', 'vault list'])
    await pyra(args.split(' '));
  const ids = existsSync(join(home, 'conversations')) ? readdirSync(join(home, 'conversations')) : [];
  for (const file of ids.filter((name) => name.endsWith('.jsonl'))) await pyra(['session', 'export', file.slice(0, -6)]);
  const places = [
    ...printed,
    ...processes,
    ...server.requests.map(({ raw, path }, index) => ({ place: `model request ${index} to ${path}`, bytes: raw })),
    ...server.requests.map(({ headers }, index) => ({
      place: `headers of model request ${index}`,
      bytes: JSON.stringify({ ...headers, authorization: '' }),
    })),
    ...filesBelow(home),
    ...filesBelow(temporary),
    ...filesBelow(`${home}-user`),
  ];
  const forms = [KEY, PASSPHRASE, ENVIRONMENT].flatMap((value) => secretForms(value).map(({ text }) => text));
  const found = places.filter(({ bytes }) => forms.some((form) => bytes.includes(form)));
  return { kind: 'count', ...WHAT, count: found.length, of: places.length, target: 'none', cases: found.map(({ place }) => place) };
}

function filesBelow(folder: string): readonly Place[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ place: path.slice(folder.length + 1), bytes: readFileSync(path, 'latin1') }));
}

/** The command lines and environments of the processes that work for this home; without what the bench itself gave them. */
function processPlaces(folder: string): readonly Place[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
        if (!environ.includes(`PYRA_HOME=${join(folder, 'home')}`)) return [];
        const given = environ.replaceAll(ENVIRONMENT, '');
        return [
          { place: `environ of ${pid}`, bytes: given },
          { place: `argv of ${pid}`, bytes: readFileSync(`/proc/${pid}/cmdline`, 'latin1') },
        ];
      } catch {
        return [];
      }
    });
}
