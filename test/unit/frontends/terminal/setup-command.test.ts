import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryHome } from '../../../../src/adapters/in-memory/in-memory-home.js';
import { InMemorySettingsStore } from '../../../../src/adapters/in-memory/in-memory-settings-store.js';
import { InMemoryVault } from '../../../../src/adapters/in-memory/in-memory-vault.js';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import { isPyraError, PyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import type { ProviderInfo } from '../../../../src/core/domain/model.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import type { Prompter } from '../../../../src/frontends/terminal/prompter.js';
import { commands } from '../../../../src/frontends/terminal/setup-command.js';
import type { ModelCatalog } from '../../../../src/ports/language-model.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const setup = commands[0] as Command;
const KEY = 'sk-canary-0123456789';
const PASS = 'correct horse battery';

/** What a person answers: by a part of the question. A question that no answer is left for fails the test. */
type Answers = readonly (readonly [question: string, answer: string | boolean])[];

describe('pyra setup', () => {
  let folder = '';
  let server: ModelServer;
  let vault: InMemoryVault;
  let settings: InMemorySettingsStore;
  let log: InMemoryAuditLog;
  let lists: (provider: string) => Promise<readonly string[]>;
  before(async () => {
    server = await startModelServer([]);
  });
  after(() => server.close());
  beforeEach(() => {
    folder = temporaryFolder();
    vault = new InMemoryVault();
    settings = new InMemorySettingsStore();
    log = new InMemoryAuditLog();
    lists = async (provider) => (provider === 'local' ? ['qwen'] : ['gpt-big', 'gpt-small']);
  });
  afterEach(() => removeFolder(folder));

  const providers = (): readonly ProviderInfo[] => [
    {
      id: 'cloud',
      displayName: 'Cloud',
      baseUrl: 'https://cloud.example/v1',
      needsKey: true,
      keyVariable: 'CLOUD_KEY',
      defaultModel: 'gpt-big',
      check: 'models',
      group: 'cloud',
    },
    { id: 'local', displayName: 'Local', baseUrl: server.url, needsKey: false, check: 'models', group: 'local' },
    { id: 'silent', displayName: 'Silent', baseUrl: 'http://127.0.0.1:9/v1', needsKey: false, check: 'models', group: 'local' },
    { id: 'openai-compatible', displayName: 'Other', needsKey: false, check: 'models', group: 'other' },
  ];
  const catalog = (): ModelCatalog => ({
    providers,
    open: () => Promise.reject(new Error('no chat request is made')),
    models: ({ provider }) => lists(provider),
  });
  const context = (options: ContextOptions = {}) =>
    commandContext({
      foundation: () => ({ home: new InMemoryHome(), settings, vault, log, system: new NodeSystem(), models: async () => catalog() }),
      ...options,
    });
  const person = (answers: Answers, env: Readonly<Record<string, string>> = {}) => {
    const left = [...answers];
    const shown: string[] = [];
    const answer = async (message: string): Promise<string | boolean> => {
      shown.push(message);
      const next = left.shift();
      if (next === undefined || !message.includes(next[0])) throw new Error(`unexpected question: ${message}`);
      return next[1];
    };
    const prompter = {
      text: ({ message }) => answer(message),
      secret: async ({ message }) => new Secret(String(await answer(message))),
      confirm: ({ message }) => answer(message),
      select: async ({ message, choices }) => {
        const value = await answer(message);
        expect(choices.map((choice: { value: string }) => choice.value)).to.include(value);
        return value;
      },
    } as Prompter;
    return { surroundings: context({ prompter, env }), shown, left };
  };
  const failure = async (run: Promise<unknown>): Promise<PyraError> => {
    try {
      await run;
    } catch (error) {
      if (isPyraError(error)) return error;
      throw error;
    }
    throw new Error('it did not fail');
  };
  const ai = async () => {
    const { provider_id, model, base_url } = (await settings.load()).ai;
    return [provider_id, model, base_url];
  };
  const file = (text: string): string => {
    const path = join(mkdtempSync(join(folder, 'f-')), 'secret');
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const noInput = (line: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const surroundings = context({ env, globals: { noInput: true, json: true } });
    return { surroundings, ended: runCommand(setup, surroundings, line) };
  };

  it('asks for provider, key, model and care, and keeps the key in the vault alone', async () => {
    const { surroundings, left } = person([
      ['Which provider', 'cloud'],
      ['Key for Cloud', ` ${KEY} `],
      ['passphrase', 'short'],
      ['passphrase', PASS],
      ['once more', 'something else'],
      ['passphrase', PASS],
      ['once more', PASS],
      ['Which model', 'gpt-small'],
      ['When does it ask', 'every-call'],
    ]);
    expect(await runCommand(setup, surroundings, [])).to.equal(0);
    expect(left).to.deep.equal([]);
    expect(await ai()).to.deep.equal(['cloud', 'gpt-small', undefined]);
    expect((await settings.load()).plugins.require_approval).to.equal('every-call');
    expect((await vault.get('cloud' as SecretName))?.reveal()).to.equal(KEY);
    expect(surroundings.out() + surroundings.err() + JSON.stringify([await settings.load(), log.entries])).not.to.match(
      /canary|correct horse/,
    );
    expect(log.entries.map(({ event }) => event)).to.deep.equal(['settings-changed']);
  });

  it('finds a server on this machine, and needs no key and no vault for it', async () => {
    const { surroundings } = person([
      ['Which provider', 'local'],
      ['Which model', 'qwen'],
      ['When does it ask', 'effects'],
    ]);
    expect(await runCommand(setup, surroundings, [])).to.equal(0);
    expect(await ai()).to.deep.equal(['local', 'qwen', undefined]);
    expect(await vault.status()).to.equal('absent');
  });

  it('offers to move a key from the environment into the vault', async () => {
    const { surroundings } = person(
      [
        ['Which provider', 'cloud'],
        ['CLOUD_KEY is set', true],
        ['passphrase', PASS],
        ['once more', PASS],
        ['Which model', 'gpt-big'],
        ['When does it ask', 'effects'],
      ],
      { CLOUD_KEY: KEY },
    );
    await runCommand(setup, surroundings, []);
    expect((await vault.get('cloud' as SecretName))?.reveal()).to.equal(KEY);
    expect(surroundings.err()).to.include('remove the variable');
  });

  it('shows the demo to a person who has no model yet, and configures nothing', async () => {
    const { surroundings } = person([['Which provider', 'demo']]);
    expect(await runCommand(setup, surroundings, [])).to.equal(0);
    expect(surroundings.ran).to.deep.equal([['demo']]);
    expect(await ai()).to.deep.equal([undefined, undefined, undefined]);
  });

  it('lets a refused key be typed again', async () => {
    let tries = 0;
    lists = async (provider) => {
      if (provider !== 'cloud') return [];
      tries += 1;
      if (tries === 1) throw new PyraError('model/auth', 'Cloud refused the key');
      return ['gpt-big'];
    };
    const { surroundings, left } = person([
      ['Which provider', 'cloud'],
      ['Key for Cloud', 'wrong-key-1'],
      ['passphrase', PASS],
      ['once more', PASS],
      ['Another key', KEY],
      ['Which model', 'gpt-big'],
      ['When does it ask', 'effects'],
    ]);
    expect(await runCommand(setup, surroundings, [])).to.equal(0);
    expect(left).to.deep.equal([]);
    expect((await vault.get('cloud' as SecretName))?.reveal()).to.equal(KEY);
  });

  it('changes nothing when the check failed and the person does not want to go on', async () => {
    lists = () => Promise.reject(new PyraError('model/network', 'Local: connection refused'));
    const { surroundings } = person([
      ['Which provider', 'silent'],
      ['Go on without', false],
    ]);
    expect(await runCommand(setup, surroundings, [])).to.equal(1);
    expect(await ai()).to.deep.equal([undefined, undefined, undefined]);
  });

  it('offers what is configured when it is run again', async () => {
    await noInput(['--provider', 'cloud', '--model', 'gpt-small', '--key-file', file(KEY), '--passphrase-file', file(PASS)]).ended;
    const { surroundings, left } = person([
      ['Which provider', 'cloud'],
      ['Keep the key', true],
      ['Which model', 'gpt-small'],
      ['When does it ask', 'effects'],
    ]);
    expect(await runCommand(setup, surroundings, [])).to.equal(0);
    expect(left).to.deep.equal([]);
    expect(await ai()).to.deep.equal(['cloud', 'gpt-small', undefined]);
  });

  describe('without a terminal', () => {
    it('takes everything from flags', async () => {
      const { surroundings, ended } = noInput(
        ['--provider', 'cloud', '--model', 'gpt-big', '--key-from-env', 'MY_KEY', '--passphrase-file', file(`${PASS}\n`)],
        { MY_KEY: KEY },
      );
      expect(await ended).to.equal(0);
      expect(JSON.parse(surroundings.out())).to.deep.equal({ v: 1, provider: 'cloud', model: 'gpt-big', checked: true });
      expect((await vault.get('cloud' as SecretName))?.reveal()).to.equal(KEY);
      await vault.lock();
      await vault.unlock(new Secret(PASS));
    });

    it('takes a failed check for a warning', async () => {
      lists = () => Promise.reject(new PyraError('model/network', 'connection refused'));
      const { surroundings, ended } = noInput(['--base-url', 'http://models.example/v1', '--model', 'm', '--no-key']);
      expect(await ended).to.equal(0);
      expect(JSON.parse(surroundings.out())).to.include({ checked: false, warning: 'not checked: connection refused' });
      expect(await ai()).to.deep.equal(['openai-compatible', 'm', 'http://models.example/v1']);
    });

    it('names the flag for whatever it cannot ask', async () => {
      expect((await failure(noInput([]).ended)).hint).to.include('--provider');
      expect((await failure(noInput(['--provider', 'cloud']).ended)).hint).to.include('--key-from-env');
      expect((await failure(noInput(['--provider', 'cloud', '--key-file', file(KEY)]).ended)).hint).to.include('--passphrase-file');
      expect((await failure(noInput(['--provider', 'openai-compatible']).ended)).hint).to.include('--base-url');
      expect((await failure(noInput(['--provider', 'openai-compatible', '--base-url', 'http://x.example']).ended)).hint).to.include(
        '--model',
      );
      expect((await failure(noInput(['--provider', 'clud']).ended)).hint).to.equal('did you mean: --provider cloud');
      expect(await ai()).to.deep.equal([undefined, undefined, undefined]);
    });

    it('refuses a passphrase that others can read, an unset variable and two ways for one key', async () => {
      const wide = file(PASS);
      chmodSync(wide, 0o644);
      const key = ['--provider', 'cloud', '--model', 'm'];
      expect((await failure(noInput([...key, '--key-file', file(KEY), '--passphrase-file', wide]).ended)).code).to.equal('home/insecure');
      expect((await failure(noInput([...key, '--key-from-env', 'NOT_SET']).ended)).message).not.to.include('NOT_SET');
      expect((await failure(noInput([...key, '--no-key', '--key-file', 'x']).ended)).code).to.equal('usage');
      expect(await vault.status()).to.equal('absent');
    });
  });
});
