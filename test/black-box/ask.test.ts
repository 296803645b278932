import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import type { Message } from '../../src/core/domain/message.js';
import { cleanEnvironment, PYRA, type RunOptions, runPyra } from '../support/built-program.js';
import { type ModelServer, type ModelStep, startModelServer } from '../support/model-server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

describe('pyra ask, built, on a pipe', function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let server: ModelServer | undefined;

  beforeEach(() => {
    folder = temporaryFolder();
    home = join(folder, 'home');
  });
  afterEach(async () => {
    await server?.close();
    removeFolder(folder);
  });

  const start = async (steps: readonly ModelStep[] | ModelStep): Promise<void> => {
    server = await startModelServer(steps);
    mkdirSync(home, { mode: 0o700, recursive: true });
    const setup = await pyra([
      'setup',
      '--provider',
      'openai-compatible',
      '--base-url',
      server.url,
      '--model',
      'scripted',
      '--no-key',
      '--no-input',
    ]);
    expect(setup.code, setup.stderr).to.equal(0);
  };
  const pyra = (args: readonly string[], options: Partial<RunOptions> = {}) => runPyra(args, { home, ...options });
  const stored = async (): Promise<readonly Message[]> => {
    const store = new FsConversationStore(homePaths(home).conversations);
    const [last] = await store.headings();
    return last === undefined ? [] : ((await store.load(last.id))?.messages ?? []);
  };

  it('prints the answer as it came, ends its line, and says nothing else', async () => {
    await start([{ text: 'It is **noon**.\n\n- a\n- b' }]);
    const { code, stdout, stderr } = await pyra(['ask', 'what time is it?']);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'It is **noon**.\n\n- a\n- b\n', stderr: '' });
  });

  it('never sends an escape byte to a pipe, whatever the model says and whatever colours are asked for', async () => {
    await start([{ text: 'plain \u001b[31mred\u001b[0m' }, { calls: [{ name: 'memory__list', args: {} }] }, { text: 'done' }]);
    const first = await pyra(['ask', 'colours']);
    expect(first.stdout).to.contain('plain').and.to.not.contain('\u001b');
    const second = await pyra(['ask', 'list'], { env: { TERM: 'xterm-256color' } });
    expect(second.stdout + second.stderr).to.not.contain('\u001b');
  });

  it('adds standard input as a fenced document, and nothing for an empty one', async () => {
    await start([{ text: 'a' }, { text: 'b' }]);
    await pyra(['ask', 'what is it?'], { input: 'the document' });
    await pyra(['ask', 'what is it?'], { input: '' });
    const [first, second] = server?.chats() ?? [];
    expect(first?.raw).to.contain('standard input').and.contain('the document').and.contain('external');
    expect(JSON.stringify(second?.body.messages)).to.not.contain('<external source');
  });

  it('reads the question itself from standard input with -', async () => {
    await start([{ text: 'a' }]);
    expect((await pyra(['ask', '-'], { input: 'how are you?\n' })).code).to.equal(0);
    expect(await stored()).to.have.nested.property('[0].text', 'how are you?');
    expect((await pyra(['ask', '-'], { input: '' })).code).to.equal(2);
  });

  it('says what is missing without a question', async () => {
    await start([]);
    const { code, stderr } = await pyra(['ask']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('pyra ask "…"');
  });

  it('attaches text, images and PDF files, but nothing of its own home', async () => {
    await start([{ text: 'a' }]);
    const png = join(folder, 'dot.png');
    const text = join(folder, 'letter.txt');
    writeFileSync(
      png,
      Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
    );
    writeFileSync(text, 'Dear Ana');
    expect((await pyra(['ask', 'look', '--attach', png, '--attach', text])).code).to.equal(0);
    const raw = server?.chats()[0]?.raw ?? '';
    expect(raw).to.contain('data:image/png;base64,').and.contain('Dear Ana').and.contain('letter.txt');
    const inside = await pyra(['ask', 'look', '--attach', join(home, 'config.yaml')]);
    expect(inside.code).to.equal(2);
    expect(inside.stderr).to.contain('cannot be attached');
    expect((await pyra(['ask', 'look', '--attach', join(folder, 'none.txt')])).code).to.equal(3);
  });

  it('goes on with the last conversation, one by its id, and a copy of it', async () => {
    await start([{ text: 'Hi Ana.' }, { text: 'Ana.' }, { text: 'Ana again.' }, { text: 'Still Ana.' }]);
    await pyra(['ask', 'I am Ana']);
    await pyra(['ask', '-c', 'who am I?']);
    expect(server?.chats()[1]?.raw).to.contain('I am Ana').and.contain('Hi Ana.');
    const { stdout } = await pyra(['session', 'list', '--json']);
    const [{ id }] = (JSON.parse(stdout) as { conversations: [{ id: string }] }).conversations;
    await pyra(['ask', '--resume', id.slice(0, -2), 'and now?', '--fork']);
    expect(server?.chats()[2]?.raw).to.contain('I am Ana');
    const after = JSON.parse((await pyra(['session', 'list', '--json'])).stdout) as { conversations: unknown[] };
    expect(after.conversations).to.have.length(2);
    expect((await pyra(['ask', '--resume', 'nothing-like-it', 'hm'])).code).to.equal(3);
  });

  it('stores nothing with --no-save', async () => {
    await start([{ text: 'a' }]);
    await pyra(['ask', '--no-save', 'secretly']);
    expect(await stored()).to.have.length(0);
  });

  it('gives one JSON object, or one event a line', async () => {
    await start([{ text: 'yes' }, { text: 'yes' }]);
    const whole = JSON.parse((await pyra(['ask', '--json', 'ok?'])).stdout) as Record<string, unknown>;
    expect(whole).to.include({ v: 1, text: 'yes', reason: 'answered' });
    const lines = (await pyra(['ask', '--json-stream', 'ok?'])).stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { v: number; type: string });
    expect(events.at(-1)).to.include({ v: 1, type: 'turn-end' });
    expect(events.some(({ type }) => type === 'text-delta')).to.equal(true);
  });

  it('denies what needs approval, exits 5 and names the exact --allow, which then works', async () => {
    const remember = { calls: [{ name: 'memory__remember', args: { name: 'context/tea.md', content: 'likes, tea' } }] };
    await start([remember, { text: 'I could not.' }, remember, { text: 'Noted.' }]);
    const denied = await pyra(['ask', 'remember that I like tea']);
    expect(denied.code).to.equal(5);
    expect(denied.stdout).to.equal('I could not.\n');
    const rule = /--allow '([^']+)'|--allow (\S+)/.exec(denied.stderr);
    const allow = rule?.[1] ?? rule?.[2] ?? 'none';
    expect(allow).to.match(/^memory\.remember:/);
    expect(server?.chats()[1]?.raw).to.contain('nobody could be asked');
    const allowed = await pyra(['ask', 'remember that I like tea', '--allow', allow]);
    expect(allowed.code, allowed.stderr).to.equal(0);
    expect((await pyra(['memory', 'show', 'context/tea.md'])).stdout).to.contain('likes, tea');
  });

  it('refuses a bare --allow for what deletes', async () => {
    await start([]);
    const { code, stderr } = await pyra(['ask', 'x', '--allow', 'memory.forget']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('memory.forget:');
  });

  it('prints what there is and exits 7 at the limit of rounds and of time', async () => {
    const list = { calls: [{ name: 'memory__list', args: {} }] };
    await start([list, { text: 'so far' }, { fault: 'hang-mid-stream', text: 'half' }]);
    const rounds = await pyra(['ask', 'x', '--max-rounds', '1']);
    expect({ code: rounds.code, stdout: rounds.stdout }).to.deep.equal({ code: 7, stdout: 'so far\n' });
    const time = await pyra(['ask', 'x', '--timeout', '1']);
    expect({ code: time.code, stdout: time.stdout }).to.deep.equal({ code: 7, stdout: 'half\n' });
  });

  const faults: readonly (readonly [string, readonly ModelStep[], number, RegExp])[] = [
    ['a wrong key', [{ fault: 'status', status: 401 }], 4, /key/],
    ['a forbidden model', [{ fault: 'status', status: 403 }], 4, /./],
    ['an unknown model', [{ fault: 'status', status: 404 }], 3, /pyra model list/],
    ['a rate limit that asks for too long a wait', [{ fault: 'status', status: 429, headers: { 'retry-after': '3600' } }], 6, /./],
    ['a stream that is cut', [{ fault: 'cut', text: 'half' }], 6, /./],
    ['garbage in the stream', [{ fault: 'garbage', text: 'half' }], 6, /./],
    ['a stream without an end', [{ fault: 'no-end', text: 'half' }], 6, /./],
    [
      'a context that overflows',
      Array.from(
        { length: 3 },
        (): ModelStep => ({
          fault: 'status',
          status: 400,
          body: { error: { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' } },
        }),
      ),
      7,
      /./,
    ],
    [
      'arguments that are not JSON, twice',
      Array.from({ length: 2 }, (): ModelStep => ({ calls: [{ name: 'memory__read', args: '{"name": ' }] })),
      6,
      /memory/,
    ],
  ];
  for (const [what, steps, exit, hint] of faults) {
    it(`exits ${exit} with a clear error for ${what}`, async () => {
      await start(steps);
      const { code, stdout, stderr } = await pyra(['ask', 'hi']);
      expect(code, stderr).to.equal(exit);
      expect(stderr)
        .to.match(/^pyra: /m)
        .and.match(hint)
        .and.not.match(/\n {4}at /);
      if (stdout !== '') expect(stdout).to.equal('half\n');
      expect(await stored()).to.have.nested.property('[0].text', 'hi');
    });
  }

  for (const status of [429, 500, 503]) {
    it(`tries again after ${status}, says so, and answers`, async () => {
      await start([{ fault: 'status', status, headers: { 'retry-after': '0' } }, { text: 'here' }]);
      const { code, stdout, stderr } = await pyra(['ask', 'hi']);
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'here\n' });
      expect(stderr).to.contain('trying again');
    });
  }

  it('exits 6 when nobody listens, quickly', async () => {
    await start([]);
    await server?.close();
    server = undefined;
    const { code, stderr } = await pyra(['ask', 'hi']);
    expect(code).to.equal(6);
    expect(stderr).to.contain('hint:');
  });

  it('sends nothing of the environment to the server', async () => {
    await start([{ text: 'ok' }]);
    const env = {
      OPENAI_API_KEY: 'sk-ENV-CANARY',
      OPENAI_ORG_ID: 'ENV-CANARY',
      OPENAI_PROJECT_ID: 'ENV-CANARY',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/ENV-CANARY',
      OPENAI_CUSTOM_HEADERS: 'x-canary: ENV-CANARY',
    };
    const { code, stderr, stdout } = await pyra(['ask', 'hi'], { env });
    expect(code, stderr).to.equal(0);
    expect(JSON.stringify(server?.requests) + stdout + stderr).to.not.contain('CANARY');
  });

  it('keeps the partial answer at Ctrl-C and exits 130', async () => {
    await start([{ fault: 'hang-mid-stream', text: 'half of it' }]);
    const child = spawn(PYRA, ['ask', 'hi'], { env: cleanEnvironment({ home }), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).to.equal(130);
    expect((await stored()).at(-1)).to.include({ role: 'assistant', text: 'half of it', interrupted: true });
  });

  it('has the conversation after a kill in the middle of the answer', async () => {
    await start([{ fault: 'hang-mid-stream', text: 'half of it' }, { text: 'again' }]);
    const child = spawn(PYRA, ['ask', 'hi'], { env: cleanEnvironment({ home }), stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await stored())[0]).to.include({ role: 'user', text: 'hi' });
    expect((await pyra(['ask', '-c', 'and?'])).stdout).to.equal('again\n');
  });

  it('ends with 0 when its reader goes away', async () => {
    await start([{ text: 'word '.repeat(20_000) }]);
    const child = spawn('sh', ['-c', `"${PYRA}" ask hi | head -c 10 >/dev/null; exit "\${PIPESTATUS:-0}"`], {
      env: cleanEnvironment({ home }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    await once(child, 'exit');
    expect(stderr).to.equal('');
  });
});
