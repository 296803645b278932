import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ModelServer, type ModelStep, startModelServer } from '../support/model-server.js';
import { type PyraRun, runPyra } from '../support/run-pyra.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const CANARY = 'sk-ENV-CANARY-0123456789';
const ENVIRONMENT = { OPENAI_API_KEY: CANARY, OPENAI_ORG_ID: CANARY, OPENAI_PROJECT_ID: CANARY, OPENAI_LOG: 'debug' };

describe('pyra ask with a model that fails', function () {
  this.timeout(60_000);
  let folder: string;
  let server: ModelServer;
  let steps: ModelStep[] = [];

  before(async () => {
    folder = temporaryFolder();
    server = await startModelServer(() => steps.shift() ?? { fault: 'status', status: 418 }, { models: ['test-model'] });
    const { code, err } = await runPyra(['model', 'use', 'openai-compatible/test-model', '--base-url', server.url], { home: folder });
    expect(code, err).to.equal(0);
  });

  after(async () => {
    await server.close();
    removeFolder(folder);
  });

  const ask = async (script: readonly ModelStep[], ...flags: readonly string[]): Promise<PyraRun & { readonly asked: number }> => {
    steps = [...script];
    const before = server.chats().length;
    const run = await runPyra(['ask', 'hello', ...flags], { home: folder, env: ENVIRONMENT });
    expect(run.out + run.err).not.to.match(/CANARY|\u001b|\n\s+at /);
    return { ...run, asked: server.chats().length - before };
  };
  const status = (code: number, headers: Readonly<Record<string, string>> = {}, message = 'no'): ModelStep => ({
    fault: 'status',
    status: code,
    headers,
    body: { error: { message } },
  });
  const soon = { 'retry-after-ms': '10' };
  const again = (step: ModelStep): ModelStep[] => Array.from({ length: 5 }, () => step);

  const rows: readonly (readonly [what: string, script: readonly ModelStep[], code: number, asked: number, err: RegExp])[] = [
    ['401', [status(401, {}, `Incorrect API key provided: ${CANARY}`)], 4, 1, /does not accept the key.*\n.*pyra vault set/],
    ['403', [status(403)], 4, 1, /does not allow this/],
    ['404', [status(404)], 3, 1, /no model "test-model".*\n.*pyra model list/],
    ['429 that passes', [status(429, soon), { text: 'hello' }], 0, 2, /slow down.*trying again/],
    ['429 that does not pass', again(status(429, soon)), 6, 5, /slow down/],
    ['429 with a long Retry-After', [status(429, { 'retry-after': '90' })], 6, 1, /try again in 90 s/],
    ['500', [status(500, soon), { text: 'hello' }], 0, 2, /trying again/],
    ['503', again(status(503, soon)), 6, 5, /cannot answer now/],
    [
      'a full context, after shorter prompts',
      again(status(400, {}, 'maximum context length is 9 tokens')),
      7,
      3,
      /longer than the model can take/,
    ],
    ['a redirect', [{ fault: 'redirect', to: 'http://evil.example.org/v1' }], 6, 1, /evil\.example\.org, which Pyra does not follow/],
    ['a stream that is cut', [{ fault: 'cut', text: 'half' }], 6, 1, /failed|broke off/],
    [
      'a call with garbled arguments, once',
      [{ calls: [{ name: 'a__b', args: '{"x' }] }, { text: 'hello' }],
      0,
      2,
      /a\.b.*asking once more/,
    ],
    ['calls with garbled arguments', again({ calls: [{ name: 'a__b', args: '{"x' }] }), 6, 2, /a\.b with arguments that are not/],
    ['garbage in the stream', [{ fault: 'garbage', text: 'half' }], 6, 1, /not part of an answer/],
  ];
  for (const [what, script, code, asked, err] of rows) {
    it(`${what}: exit ${code}`, async () => {
      const run = await ask(script);
      expect(run.err).to.match(err);
      expect(run.code).to.equal(code);
      expect(run.asked).to.equal(asked);
      const came = script.some((step) => 'text' in step && step.text === 'half') ? 'half' : code === 0 ? 'hello' : '';
      expect(run.out.trim()).to.equal(came);
    });
  }

  for (const step of [{ fault: 'hang' }, { fault: 'hang-mid-stream', text: 'half' }] as const) {
    it(`${step.fault}: ends at --timeout, exit 7`, async () => {
      const run = await ask([step], '--timeout', '1');
      expect(run.err).to.match(/did not finish within 1 s/);
      expect(run.code).to.equal(7);
      expect(run.took).to.be.within(1_000, 8_000);
    });
  }

  it('a refused connection: one more try, exit 6', async () => {
    const gone = await startModelServer([]);
    await gone.close();
    const home = temporaryFolder();
    try {
      const use = await runPyra(['model', 'use', 'openai-compatible/m', '--base-url', gone.url], { home });
      expect(use.code).to.equal(0);
      expect(use.err).to.include('not checked: nothing answers at');
      const run = await runPyra(['ask', 'hello'], { home });
      expect(run.err.match(/trying again/g)).to.have.length(1);
      expect(run.err).to.match(/nothing answers at 127\.0\.0\.1/);
      expect(run.code).to.equal(6);
    } finally {
      removeFolder(home);
    }
  });

  it('gives errors as JSON, and a stream of JSON stays one', async () => {
    const run = await ask([status(401)], '--json');
    expect(run.out).to.equal('');
    const lines = run.err.trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? ''))
      .to.deep.include({ v: 1 })
      .and.have.nested.property('error.code', 'model/auth');
  });

  it('sent nothing of the environment to the server, and left nothing of it at home', () => {
    expect(server.requests).not.to.be.empty;
    for (const { headers, raw } of server.requests) expect(JSON.stringify(headers) + raw).not.to.include('CANARY');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).to.be.greaterThan(3);
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'latin1'), file.name).not.to.include('CANARY');
  });
});
