import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryHome } from '../../../../src/adapters/in-memory/in-memory-home.js';
import { InMemoryUnlockAgent } from '../../../../src/adapters/in-memory/in-memory-unlock-agent.js';
import { InMemoryVault } from '../../../../src/adapters/in-memory/in-memory-vault.js';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { spanOfTime } from '../../../../src/frontends/terminal/span-of-time.js';
import { commands } from '../../../../src/frontends/terminal/vault-command.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const PASSPHRASE = 'correct horse battery staple';
const NAME = 'openai' as SecretName;
const command = (verb: string): Command => commands.find((candidate) => candidate.verb === verb) as Command;

describe('pyra vault', () => {
  let folder = '';
  let file = '';
  let vault: InMemoryVault;
  let agent: InMemoryUnlockAgent;

  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder, 'passphrase');
    writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
    vault = new InMemoryVault();
    agent = new InMemoryUnlockAgent(vault);
  });
  afterEach(() => removeFolder(folder));

  const context = (options: ContextOptions = {}) =>
    commandContext({
      foundation: () => ({ vault, unlockAgent: agent, home: new InMemoryHome(), log: new InMemoryAuditLog(), system: new NodeSystem() }),
      env: { PYRA_VAULT_PASSPHRASE_FILE: file },
      ...options,
    });
  const run = async (verb: string, line: readonly string[], options: ContextOptions = {}) => {
    const surroundings = context(options);
    const code = await runCommand(command(verb), surroundings, line);
    return { code, out: surroundings.out(), err: surroundings.err() };
  };
  const failure = async (verb: string, line: readonly string[], options: ContextOptions = {}): Promise<{ code: string; text: string }> => {
    try {
      await run(verb, line, options);
    } catch (error) {
      if (!isPyraError(error)) throw error;
      return { code: error.code, text: `${error.message} ${error.hint ?? ''}` };
    }
    throw new Error('it did not fail');
  };
  const storedValue = async (name = NAME): Promise<string | undefined> => (await vault.get(name))?.reveal();
  const made = () => vault.create(new Secret(PASSPHRASE));

  describe('init', () => {
    it('makes the vault with the passphrase of the file', async () => {
      expect((await run('init', [])).code).to.equal(0);
      await vault.lock();
      await vault.unlock(new Secret(PASSPHRASE));
    });

    it('asks for the passphrase twice, until the two are the same and long enough', async () => {
      const answers = ['short', 'long enough', 'something else', 'long enough', 'long enough'].map((text) => new Secret(text));
      const prompter = { secret: async () => answers.shift() as Secret };
      const { err } = await run('init', [], { env: {}, prompter });
      expect(err).to.include('at least 8 characters').and.include('not the same');
      expect(answers).to.deep.equal([]);
      await vault.unlock(new Secret('long enough'));
    });

    it('refuses a short passphrase with the reason, and a second vault before anybody is asked', async () => {
      writeFileSync(file, 'seven77');
      expect(await failure('init', [])).to.deep.include({ code: 'usage' });
      expect((await failure('init', [])).text)
        .to.include('8 characters')
        .and.not.include('seven77');
      await made();
      expect((await failure('init', [], { env: {} })).text).to.include('a vault already');
    });

    it('names the ways to give it where nobody can be asked', async () => {
      expect((await failure('init', [], { env: {} })).text).to.include('PYRA_VAULT_PASSPHRASE_FILE');
    });

    it('refuses a passphrase file that others can read', async () => {
      chmodSync(file, 0o644);
      expect((await failure('init', [])).code).to.equal('home/insecure');
    });

    it('recovers only what is there, and only with the passphrase', async () => {
      expect((await failure('init', ['--recover'])).code).to.equal('vault/absent');
      await made();
      expect((await run('init', ['--recover'])).code).to.equal(0);
      writeFileSync(file, 'not the passphrase');
      expect((await failure('init', ['--recover'])).code).to.equal('vault/wrong-passphrase');
    });

    it('checks the work factor', async () => {
      for (const bad of ['9', '21', 'x', '-1']) expect((await failure('init', ['--work-factor', bad])).code).to.equal('usage');
    });
  });

  describe('set', () => {
    beforeEach(made);

    it('takes the value from stdin, a file or a variable, one trailing line break dropped', async () => {
      await run('set', ['openai', '-'], { stdin: 'sk-from-stdin\n' });
      expect(await storedValue()).to.equal('sk-from-stdin');
      writeFileSync(join(folder, 'key'), 'sk-from-file\r\n');
      await run('set', ['openai', '--from-file', 'key'], { cwd: folder });
      expect(await storedValue()).to.equal('sk-from-file');
      await run('set', ['openai', '--from-env', 'THE_KEY'], { env: { THE_KEY: 'sk-from-env' } });
      expect(await storedValue()).to.equal('sk-from-env');
    });

    it('asks at a hidden prompt', async () => {
      await run('set', ['openai'], { prompter: { secret: async () => new Secret('sk-from-prompt') } });
      expect(await storedValue()).to.equal('sk-from-prompt');
    });

    it('never takes the value from the command line, and does not repeat it', async () => {
      for (const line of [
        ['openai', '--value', 'sk-canary-value'],
        ['openai', '--value=sk-canary-value'],
        ['openai', 'sk-canary-value'],
        ['openai', '--key', 'sk-canary-value'],
        ['openai', '--secret=sk-canary-value'],
      ]) {
        const { code, text } = await failure('set', line);
        expect(code).to.equal('usage');
        expect(text, line.join(' '))
          .to.match(/history/)
          .and.match(/ps/)
          .and.not.include('canary');
      }
      expect(await vault.names()).to.deep.equal([]);
    });

    it('refuses an empty value, and one under 8 bytes without --short', async () => {
      expect((await failure('set', ['openai', '-'], { stdin: '\n' })).text).to.include('empty');
      const { code, text } = await failure('set', ['openai', '-'], { stdin: '1234567\n' });
      expect(code).to.equal('usage');
      expect(text).to.include('--short').and.not.include('1234567');
      await run('set', ['openai', '-', '--short'], { stdin: '1234567\n' });
      expect(await storedValue()).to.equal('1234567');
      await run('set', ['openai', '-'], { stdin: 'üüüü' });
      expect(await storedValue()).to.equal('üüüü');
    });

    it('refuses two sources, a bad name, an unset variable, and a prompt where there is no terminal', async () => {
      for (const [line, options] of [
        [['openai', '-', '--from-env', 'X'], { env: { X: 'some value' } }],
        [['../x', '-'], { stdin: 'some value' }],
        [['openai', '--from-env', 'X'], {}],
        [['openai'], {}],
      ] as const) {
        expect((await failure('set', line, options)).code, line.join(' ')).to.equal('usage');
      }
    });

    it('stores nothing in a dry run', async () => {
      await run('set', ['openai', '-'], { stdin: 'some value', globals: { dryRun: true } });
      expect(await vault.names()).to.deep.equal([]);
    });

    it('says how to make a vault where there is none', async () => {
      vault = new InMemoryVault();
      expect(await failure('set', ['openai', '-'], { stdin: 'some value' })).to.deep.include({ code: 'vault/absent' });
    });
  });

  describe('get, list and rm', () => {
    beforeEach(async () => {
      await made();
      await vault.set(NAME, new Secret('sk-\u001b[31mvalue'));
    });

    it('prints the bare value on a pipe, and as JSON', async () => {
      expect((await run('get', ['openai'])).out).to.equal('sk-\u001b[31mvalue\n');
      expect(JSON.parse((await run('get', ['openai'], { globals: { json: true } })).out)).to.deep.equal({
        v: 1,
        name: 'openai',
        value: 'sk-\u001b[31mvalue',
      });
    });

    it('prints nothing on a terminal without --reveal, and no control characters with it', async () => {
      const onTerminal = (line: readonly string[]) => {
        const surroundings = context();
        Object.assign(surroundings.stdout, { isTTY: true });
        return runCommand(command('get'), surroundings, line).then(() => surroundings.out());
      };
      const error = await onTerminal(['openai']).catch((reason: unknown) => reason);
      expect(isPyraError(error, 'usage')).to.equal(true);
      expect(await onTerminal(['openai', '--reveal'])).to.equal('sk-\\u{1b}[31mvalue\n');
    });

    it('says not-found for an unknown name', async () => {
      expect((await failure('get', ['nothing'])).code).to.equal('not-found');
      expect((await failure('rm', ['nothing'])).code).to.equal('not-found');
    });

    it('lists names without opening the vault', async () => {
      await vault.lock();
      expect((await run('list', [])).out).to.equal('openai\n');
      expect(JSON.parse((await run('list', [], { globals: { json: true } })).out)).to.deep.equal({ v: 1, names: ['openai'] });
    });

    it('removes a secret only after a yes', async () => {
      expect((await failure('rm', ['openai'])).code).to.equal('usage');
      expect((await run('rm', ['openai'], { prompter: { confirm: async () => false } })).code).to.equal(1);
      await run('rm', ['openai'], { globals: { dryRun: true } });
      expect(await vault.names()).to.deep.equal(['openai']);
      expect((await run('rm', ['openai'], { globals: { yes: true } })).code).to.equal(0);
      expect(await vault.names()).to.deep.equal([]);
    });
  });

  describe('status, unlock and lock', () => {
    it('shows a vault that is not there yet', async () => {
      const { out } = await run('status', [], { globals: { json: true } });
      expect(JSON.parse(out)).to.deep.equal({ v: 1, status: 'absent', secrets: 0, agent: null });
      expect((await run('status', [])).out).to.include('pyra vault init');
    });

    it('starts the agent for the given time, shows it, and ends it', async () => {
      await made();
      await vault.lock();
      const { out } = await run('unlock', ['--for', '2h'], { globals: { json: true } });
      const { until } = JSON.parse(out);
      expect(Date.parse(until) - Date.now()).to.be.within(2 * 3_600_000 - 5_000, 2 * 3_600_000);
      expect(JSON.parse((await run('status', [], { globals: { json: true } })).out).agent.until).to.equal(until);
      expect((await run('status', [])).out).to.match(/agent: {3}until \d\d:\d\d/);
      expect(JSON.parse((await run('lock', [], { globals: { json: true } })).out)).to.deep.equal({ v: 1, locked: true, agent_ended: true });
      expect(await agent.status()).to.equal(undefined);
      expect(await vault.status()).to.equal('locked');
      expect((await run('lock', [])).code).to.equal(0);
    });

    it('refuses a wrong passphrase, a missing vault and a bad time', async () => {
      expect((await failure('unlock', [])).code).to.equal('vault/absent');
      await made();
      writeFileSync(file, 'not the passphrase');
      expect((await failure('unlock', [])).code).to.equal('vault/wrong-passphrase');
      expect(await failure('unlock', [], { env: {} })).to.deep.include({ code: 'usage' });
      for (const bad of ['0h', '8', 'x', '-1h', '8 h', '8d'])
        expect((await failure('unlock', [`--for=${bad}`])).code, bad).to.match(/usage|vault\/wrong/);
    });
  });

  it('reads spans of time', () => {
    expect(['90s', '30m', '8h', '2d'].map(spanOfTime)).to.deep.equal([90_000, 1_800_000, 28_800_000, 172_800_000]);
    for (const bad of ['', '8', 'h', '0m', '1.5h', '8H', '9999999s']) expect(() => spanOfTime(bad)).to.throw();
  });
});
