import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openPty } from '../support/pty.js';
import { PROJECT } from '../support/source-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const PYRA = join(PROJECT, 'bin/pyra');
const PASSPHRASE = 'the canary passphrase';

describe('pyra vault, the built program', function () {
  this.timeout(60_000);
  let folder = '';
  let home = '';
  let file = '';

  beforeEach(() => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    file = join(folder, 'passphrase');
    writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
  });
  afterEach(() => {
    pyra(['vault', 'lock']);
    removeFolder(folder);
  });

  const environment = (withFile: boolean): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    HOME: folder,
    PYRA_HOME: home,
    ...(withFile ? { PYRA_VAULT_PASSPHRASE_FILE: file } : {}),
  });
  function pyra(
    args: readonly string[],
    options: { readonly input?: string; readonly asked?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    const { status, stdout, stderr } = spawnSync(PYRA, args, {
      encoding: 'utf8',
      env: { ...environment(options.asked !== true), ...options.env },
      input: options.input ?? '',
      timeout: 20_000,
    });
    return { status, stdout, stderr };
  }
  /** The lowest work factor that the command takes keeps the tests quick. */
  const init = () => pyra(['vault', 'init', '--work-factor', '15']);
  const everything = (): string =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');

  it('makes, fills, reads, lists and empties a vault on a pipe', () => {
    expect(init()).to.deep.include({ status: 0, stdout: '' });
    expect(pyra(['vault', 'set', 'openai', '-'], { input: 'sk-canary-value\n' })).to.deep.include({ status: 0, stdout: '' });
    expect(pyra(['vault', 'get', 'openai'])).to.deep.equal({ status: 0, stdout: 'sk-canary-value\n', stderr: '' });
    expect(pyra(['vault', 'list', '--json'], { asked: true }).stdout).to.equal('{"v":1,"names":["openai"]}\n');
    expect(pyra(['vault', 'rm', 'openai', '--yes']).status).to.equal(0);
    expect(pyra(['vault', 'get', 'openai'])).to.deep.include({ status: 3, stdout: '' });
    expect(everything()).not.to.include('canary');
    const modes = ['keyring.age', '.vault_lock'].map((name) => statSync(join(home, 'vault', name)).mode & 0o777);
    expect(modes).to.deep.equal([0o400, 0o400]);
    expect(pyra(['security', 'log', '--verify']).status).to.equal(0);
  });

  it('answers without a passphrase while the unlock agent runs, and shows how long', () => {
    init();
    pyra(['vault', 'set', 'openai', '-'], { input: 'sk-canary-value\n' });
    const locked = pyra(['vault', 'get', 'openai'], { asked: true });
    expect(locked).to.deep.include({ status: 4, stdout: '' });
    expect(locked.stderr).to.include('pyra vault unlock').and.include('PYRA_VAULT_PASSPHRASE_FILE');
    expect(pyra(['vault', 'unlock', '--for', '30m']).status).to.equal(0);
    expect(pyra(['vault', 'get', 'openai'], { asked: true })).to.deep.equal({ status: 0, stdout: 'sk-canary-value\n', stderr: '' });
    const state = JSON.parse(pyra(['vault', 'status', '--json'], { asked: true }).stdout);
    expect(state).to.deep.include({ v: 1, status: 'unlocked', secrets: 1 });
    expect(Date.parse(state.agent.until) - Date.now()).to.be.within(25 * 60_000, 30 * 60_000);
    expect(pyra(['vault', 'lock']).status).to.equal(0);
    expect(pyra(['vault', 'get', 'openai'], { asked: true }).status).to.equal(4);
    expect(readFileSync(join(home, 'security.log'), 'utf8'))
      .to.include('vault-read')
      .and.not.include('canary');
  });

  it('takes no value from the command line, and repeats none', () => {
    init();
    for (const args of [
      ['--value', 'sk-canary-word'],
      ['--value=sk-canary-word'],
      ['sk-canary-word'],
      ['sk-canary-word', 'another'],
      ['--api-key', 'sk-canary-word'],
    ]) {
      const { status, stdout, stderr } = pyra(['vault', 'set', 'openai', ...args]);
      expect(status, args.join(' ')).to.equal(2);
      expect(stdout + stderr).not.to.include('canary-word');
    }
    expect(pyra(['vault', 'set', 'openai', '--value', 'x']).stderr)
      .to.include('history')
      .and.include('ps');
  });

  it('changes nothing for a wrong passphrase, and ends with 4', () => {
    init();
    chmodSync(file, 0o600);
    writeFileSync(file, 'another canary phrase\n');
    for (const args of [
      ['vault', 'unlock'],
      ['vault', 'set', 'x', '-'],
      ['vault', 'init', '--recover'],
    ]) {
      const { status, stderr } = pyra(args, { input: 'sk-canary-value' });
      expect(status, args.join(' ')).to.equal(4);
      expect(stderr).not.to.include('canary');
    }
    expect(pyra(['vault', 'status', '--json']).stdout).to.equal('{"v":1,"status":"locked","secrets":0,"agent":null}\n');
  });

  it('refuses a passphrase file that others can read, before anything else', () => {
    chmodSync(file, 0o644);
    const { status, stderr } = init();
    expect(status).to.equal(1);
    expect(stderr).to.include('chmod 600').and.not.include('canary');
    expect(existsSync(join(home, 'vault/keyring.age'))).to.equal(false);
  });

  it('refuses a home that lost its sentinel, until it is recovered with the passphrase', () => {
    init();
    pyra(['vault', 'set', 'openai', '-'], { input: 'sk-canary-value\n' });
    unlinkSync(join(home, 'vault/.vault_lock'));
    const refused = pyra(['vault', 'get', 'openai']);
    expect(refused.status).to.equal(4);
    expect(refused.stderr).to.include('vault init --recover');
    expect(pyra(['vault', 'init']).status, 'a second vault is not the way').to.equal(2);
    expect(pyra(['vault', 'init', '--recover']).status).to.equal(0);
    expect(pyra(['vault', 'get', 'openai']).stdout).to.equal('sk-canary-value\n');
  });

  it('names the damaged file', () => {
    init();
    pyra(['vault', 'set', 'openai', '-'], { input: 'sk-canary-value\n' });
    const path = join(home, 'vault/secrets/openai.age');
    const bytes = readFileSync(path);
    rmSync(path, { force: true });
    writeFileSync(path, bytes.subarray(0, -1), { mode: 0o400 });
    const { status, stdout, stderr } = pyra(['vault', 'get', 'openai']);
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.include('vault/secrets/openai.age is damaged');
  });

  it('exits at once, with 2, where it would have to ask and nobody is there', () => {
    const started = performance.now();
    expect(pyra(['vault', 'init'], { asked: true }).status).to.equal(2);
    init();
    for (const args of [['set', 'x'], ['unlock'], ['set'], ['get'], ['rm'], ['nonsense'], ['unlock', '--for', 'ever']]) {
      expect(pyra(['vault', ...args], { asked: true }).status, args.join(' ')).to.equal(2);
    }
    expect(performance.now() - started).to.be.lessThan(20_000);
  });

  it('asks on a terminal, hidden, and prints a secret there only when told to', async () => {
    const terminal = (args: readonly string[]) => openPty([PYRA, 'vault', ...args], { env: { ...environment(false), TERM: 'xterm' } });
    const made = terminal(['init', '--work-factor', '15']);
    for (const question of [/passphrase for your vault[^\n]*/i, /once more/i]) {
      await made.waitFor(question);
      await made.quiet();
      made.type(`${PASSPHRASE}\r`);
    }
    expect(await made.exit, made.output()).to.equal(0);
    expect(made.output()).not.to.include('canary');

    const set = terminal(['set', 'openai']);
    await set.waitFor(/value/i);
    await set.quiet();
    set.type('sk-canary-value\r');
    await set.waitFor(/vault passphrase/);
    await set.quiet();
    set.type('wrong\r');
    await set.waitFor(/that was wrong/);
    await set.quiet();
    set.type(`${PASSPHRASE}\r`);
    expect(await set.exit, set.output()).to.equal(0);
    expect(set.output()).not.to.include('canary');

    const hidden = terminal(['get', 'openai']);
    expect(await hidden.exit).to.equal(2);
    expect(hidden.output()).to.include('--reveal').and.not.include('canary');

    const cancelled = terminal(['unlock']);
    await cancelled.waitFor(/vault passphrase/);
    await cancelled.quiet();
    cancelled.type('\x03');
    expect(await cancelled.exit).to.equal(130);

    const shown = terminal(['get', 'openai', '--reveal']);
    await shown.waitFor(/vault passphrase/);
    await shown.quiet();
    shown.type(`${PASSPHRASE}\r`);
    expect(await shown.exit).to.equal(0);
    expect(shown.output()).to.include('sk-canary-value');
  });
});
