import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, PYRA, runPyra } from '../support/built-program.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { openPty, type Pty } from '../support/pty.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const KEY = 'sk-canary-0123456789abcdef';
const PASSPHRASE = 'correct horse battery staple';

describe('setup of the built program', function () {
  this.timeout(60_000);
  let folder = '';
  let home = '';
  let server: ModelServer;
  beforeEach(async () => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    server = await startModelServer([{ text: 'Hello there.' }], { key: KEY, models: ['m1', 'm2'] });
  });
  afterEach(async () => {
    await server.close();
    removeFolder(folder);
  });
  const passphraseFile = (): string => {
    const path = join(folder, 'passphrase');
    writeFileSync(path, `${PASSPHRASE}\n`, { mode: 0o600 });
    return path;
  };
  const everythingIn = (path: string): string =>
    (existsSync(path) ? readdirSync(path, { recursive: true, withFileTypes: true }) : [])
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');

  const questions = (): readonly (readonly [question: string, answer: string])[] => [
    ['Which provider', '\u001b[A'],
    ['Where is its API', server.url],
    ['Key for', KEY],
    ['A passphrase', PASSPHRASE],
    ['once more', PASSPHRASE],
    ['Which model', ''],
    ['When does it ask', ''],
  ];
  /** Answers each question when it is there; gives the offset behind the last one. */
  const answer = async (pty: Pty, steps: readonly (readonly [question: string, answer: string])[]): Promise<number> => {
    let from = 0;
    for (const [question, text] of steps) {
      from = await pty.waitFor(question, from, 20_000);
      await pty.quiet(300);
      pty.type(text);
      await pty.quiet(100);
      pty.type('\r');
    }
    return from;
  };

  it('sets up by flags, after which a question is answered with the key from the vault', async () => {
    const file = passphraseFile();
    const setup = ['setup', '--base-url', server.url, '--model', 'm1', '--key-from-env', 'MY_KEY', '--passphrase-file', file, '--no-input'];
    const done = await runPyra([...setup, '--json'], { home, env: { MY_KEY: KEY } });
    expect(done.code, done.stderr).to.equal(0);
    expect(JSON.parse(done.stdout)).to.deep.equal({ v: 1, provider: 'openai-compatible', model: 'm1', checked: true });
    expect(done.stdout + done.stderr + everythingIn(home)).not.to.match(/canary|correct horse/);
    expect(server.requests.every(({ path }) => path.endsWith('/models'))).to.equal(true);
    const asked = await runPyra(['ask', 'hi'], { home, env: { PYRA_VAULT_PASSPHRASE_FILE: file } });
    expect(asked.stdout, asked.stderr).to.equal('Hello there.\n');
    expect(everythingIn(home)).not.to.match(/canary|correct horse/);
  });

  it('exits 0 with a warning when the server does not answer, and names the missing flags', async () => {
    const url = server.url;
    await server.close();
    const warned = await runPyra(['setup', '--base-url', url, '--model', 'm1', '--no-key', '--no-input'], { home });
    expect(warned.code).to.equal(0);
    expect(warned.stderr).to.include('warning: not checked');
    const lost = await runPyra(['setup'], { home });
    expect([lost.code, lost.stderr.includes('--provider')]).to.deep.equal([2, true]);
  });

  it('asks for the passphrase in a later chat, once, when the first secret is needed', async () => {
    const file = passphraseFile();
    const setup = ['setup', '--base-url', server.url, '--model', 'm1', '--key-from-env', 'MY_KEY', '--passphrase-file', file, '--no-input'];
    expect(await runPyra(setup, { home, env: { MY_KEY: KEY } })).to.include({ code: 0 });
    const pty = openPty([PYRA], { env: cleanEnvironment({ home }), columns: 100 });
    try {
      await pty.quiet(1_500);
      pty.type('hi\r');
      const asked = await pty.waitFor('passphrase', 0, 20_000);
      await pty.quiet(300);
      pty.type(`${PASSPHRASE}\r`);
      await pty.waitFor('Hello there.', asked, 20_000);
      await pty.quiet(300);
      pty.type('\x04');
      expect(await pty.exit, pty.output()).to.equal(0);
      expect(pty.output()).not.to.match(/canary|correct horse/);
    } finally {
      pty.kill();
    }
  });

  it('asks on a terminal, hides key and passphrase, and goes on to a chat that asks for no passphrase', async () => {
    const pty = openPty([PYRA], { env: cleanEnvironment({ home }), columns: 100 });
    try {
      const from = await answer(pty, [...questions(), ['ready:', 'hi']]);
      await pty.waitFor('Hello there.', from, 20_000);
      await pty.quiet(300);
      pty.type('\x04');
      expect(await pty.exit, pty.output()).to.equal(0);
      expect(pty.output()).to.include('openai-compatible/m1');
      expect(pty.output()).not.to.match(/canary|correct horse/);
      expect(everythingIn(home)).not.to.match(/canary|correct horse/);
      expect(await runPyra(['security', 'log', '--verify'], { home })).to.include({ code: 0 });
    } finally {
      pty.kill();
    }
  });

  for (const at of [0, 2, 3, 5, 6]) {
    it(`ends at Ctrl-C at question ${at + 1}, keeps no secret in plain, and can be run again`, async () => {
      const pty = openPty([PYRA, 'setup'], { env: cleanEnvironment({ home }), columns: 100 });
      try {
        const from = await answer(pty, questions().slice(0, at));
        await pty.waitFor(questions()[at]?.[0] ?? '', from, 20_000);
        await pty.quiet(300);
        pty.type('\x03');
        expect(await pty.exit, pty.output()).to.equal(130);
        expect(pty.output()).not.to.match(/canary|correct horse|\n {4}at /);
        expect(everythingIn(home)).not.to.match(/canary|correct horse/);
      } finally {
        pty.kill();
      }
      const setup = ['setup', '--base-url', server.url, '--model', 'm1', '--key-from-env', 'MY_KEY', '--passphrase-file', passphraseFile()];
      expect(await runPyra([...setup, '--no-input'], { home, env: { MY_KEY: KEY } })).to.include({ code: 0 });
    });
  }
});
