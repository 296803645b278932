import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeTree } from '../../adapters/support/remove-tree.js';
import { sdkFolder, sdkModule } from './plugin-sdk.js';

/** What came of one test. */
export interface OwnTest {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed. */
  readonly message?: string;
}

/** What came of a plugin's own tests; `fault` when they did not run to their end. */
export interface OwnTests {
  readonly files: readonly string[];
  readonly tests: readonly OwnTest[];
  readonly fault?: string;
}

const TEST_FILE = /\.test\.(?:ts|mts|js|mjs|cjs)$/;
const TIMEOUT_MS = 120_000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Runs the `node:test` files of a folder in one process that may read the folder and Pyra's own entry, write one temporary folder, and (from
 * Node 26 on) reach no network; `pyra/plugin` is found there without being installed.
 */
export async function runOwnTests(folder: string, signal: AbortSignal): Promise<OwnTests> {
  const root = await realpath(folder);
  const files = (await readdir(root, { recursive: true })).filter((path) => TEST_FILE.test(path) && !path.includes('node_modules')).sort();
  if (files.length === 0) return { files, tests: [] };
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'pyra-plugin-test-')));
  try {
    const run = await runNode(
      root,
      temporary,
      files.map((file) => join(root, file)),
      signal,
    );
    return { files, ...run };
  } finally {
    // The tests may have left what no path is long enough for.
    await removeTree(temporary, `${temporary}.gone`);
  }
}

async function runNode(root: string, temporary: string, files: readonly string[], signal: AbortSignal): Promise<Omit<OwnTests, 'files'>> {
  const child = spawn(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${root}`,
      `--allow-fs-read=${await realpath(sdkFolder())}`,
      `--allow-fs-read=${temporary}`,
      `--allow-fs-write=${temporary}`,
      '--no-addons',
      '--no-experimental-sqlite',
      '--disable-proto=delete',
      '--disable-sigusr1',
      // A flag that is set at run time can make V8 write anywhere.
      '--freeze-flags-after-init',
      '--no-warnings',
      '--eval',
      RUNNER,
      '--',
      pathToFileURL(sdkModule()).href,
      ...files,
    ],
    {
      cwd: root,
      env: { HOME: temporary, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      signal,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    },
  );
  const text = { out: '', report: '' };
  const take = (which: keyof typeof text) => (chunk: string) => {
    if (text[which].length < MOST_BYTES) text[which] += chunk;
  };
  // What the tests print is of no use here but when they break.
  child.stdout?.setEncoding('utf8').on('data', take('out'));
  child.stderr?.setEncoding('utf8').on('data', take('out'));
  const report = child.stdio[3] as NodeJS.ReadableStream;
  report.setEncoding('utf8').on('data', take('report'));
  const ended = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killed) => resolve(killed ?? String(code)));
  });
  const lines = text.report.split('\n').filter((line) => line !== '');
  const whole = lines.at(-1) === END;
  const tests = lines.filter((line) => line !== END).flatMap(testIn);
  if (whole) return { tests };
  const why = ended === 'SIGKILL' ? `they took longer than ${TIMEOUT_MS / 1000} s` : `the process ended with ${ended}`;
  return { tests, fault: `the tests did not run to their end: ${why}${text.out === '' ? '' : `; ${text.out.trim().slice(-600)}`}` };
}

/** One test of the report, which the code that is tested can write to as well. */
function testIn(line: string): readonly OwnTest[] {
  try {
    const { name, ok, message } = JSON.parse(line) as { readonly name?: unknown; readonly ok?: unknown; readonly message?: unknown };
    return [{ name: String(name), ok: ok === true, ...(typeof message === 'string' ? { message } : {}) }];
  } catch {
    return [{ name: 'a line that the runner did not write', ok: false }];
  }
}

const END = 'end';
const QUIET_MS = 3_000;

/** Runs in the child: the hook for `pyra/plugin`, then the tests in this very process, since it may start no other; results go to descriptor 3. */
const RUNNER = `
const [, sdk, ...files] = process.argv;
require('node:module').registerHooks({
  resolve: (specifier, context, next) => specifier === 'pyra/plugin' ? { url: sdk, format: 'module', shortCircuit: true } : next(specifier, context),
});
const { writeSync } = require('node:fs');
const tell = (line) => writeSync(3, line + '\\n');
const words = (error) => {
  const cause = error?.cause instanceof Error ? error.cause : error;
  return String(cause?.message ?? cause).split('\\n').slice(0, 6).join(' ').slice(0, 600);
};
// A test that leaves a timer or a server behind must not hold the run up: it ends when nothing has been open for a while.
let open = 0;
let last = Infinity;
const step = (by) => { open += by; last = Date.now(); };
const finish = () => { tell('${END}'); process.exit(0); };
setInterval(() => { if (open === 0 && Date.now() - last > ${QUIET_MS}) finish(); }, 200).unref();
require('node:test').run({ files, isolation: 'none' })
  .on('test:enqueue', () => step(1))
  .on('test:complete', () => step(-1))
  .on('test:pass', (event) => { if (event.details.type !== 'suite') tell(JSON.stringify({ name: event.name, ok: true })); })
  .on('test:fail', (event) => {
    const ok = event.todo !== undefined && event.todo !== false;
    tell(JSON.stringify({ name: event.name, ok, message: words(event.details.error) }));
  })
  .on('end', finish)
  .resume();
`;
