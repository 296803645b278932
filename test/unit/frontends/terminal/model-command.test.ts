import { expect } from 'chai';
import { InMemoryCatalog } from '../../../../src/adapters/in-memory/in-memory-catalog.js';
import { ScriptedModel } from '../../../../src/adapters/in-memory/scripted-model.js';
import type { AuditEntry } from '../../../../src/core/domain/audit.js';
import type { PyraError } from '../../../../src/core/domain/errors.js';
import type { ProviderInfo } from '../../../../src/core/domain/model.js';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/core/domain/settings.js';
import type { Pyra } from '../../../../src/core/usecases/pyra.js';
import { commands } from '../../../../src/frontends/terminal/model-command.js';
import type { ModelCatalog } from '../../../../src/ports/language-model.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { startModelServer } from '../../../support/model-server.js';
import { openCatalog } from '../../../support/open-model.js';

const info = (id: string, more: Partial<ProviderInfo> = {}): ProviderInfo => ({
  id,
  displayName: id.toUpperCase(),
  baseUrl: `https://${id}.test/v1`,
  needsKey: true,
  check: 'models',
  group: 'cloud',
  ...more,
});

function modelsOf(...ids: readonly string[]): Readonly<Record<string, ScriptedModel>> {
  const round = [{ type: 'text-delta', text: 'hi' } as const, { type: 'end', reason: 'length' } as const];
  return Object.fromEntries(ids.map((id) => [id, new ScriptedModel([round])]));
}

const CATALOG = new InMemoryCatalog([
  { info: info('one', { defaultModel: 'alpha' }), models: modelsOf('alpha', 'beta', 'two/gamma') },
  { info: info('two'), models: modelsOf('gamma', 'delta\u001b[2J') },
  { info: { id: 'own', displayName: 'OWN', needsKey: false, check: 'models', group: 'other' }, models: modelsOf('x') },
]);

function settingsOf(ai: Partial<Settings['ai']>): Settings {
  return { ...DEFAULT_SETTINGS, ai: { ...DEFAULT_SETTINGS.ai, ...ai } };
}

async function run(
  verb: string,
  line: readonly string[],
  options: { readonly settings?: Settings; readonly catalog?: ModelCatalog; readonly context?: ContextOptions } = {},
) {
  let settings = options.settings ?? DEFAULT_SETTINGS;
  const log: AuditEntry[] = [];
  const save = async (next: Settings): Promise<void> => {
    settings = next;
  };
  const pyra = {
    models: options.catalog ?? CATALOG,
    settings: { load: async () => settings, save },
    log: { append: async (entry: AuditEntry) => void log.push(entry) },
    system: { now: () => '2026-01-01T00:00:00.000Z' },
  } as unknown as Pyra;
  const context = commandContext({ pyra, ...options.context });
  const command = commands.find((candidate) => candidate.verb === verb);
  if (command === undefined) throw new Error(`there is no verb ${verb}`);
  let error: PyraError | undefined;
  const code = await runCommand(command, context, line).catch((thrown: PyraError) => {
    error = thrown;
    return undefined;
  });
  return { code, error, out: context.out(), err: context.err(), ai: settings.ai, log };
}

const IN_USE = settingsOf({ provider_id: 'one', model: 'alpha' });
const JSON_FLAG: ContextOptions = { globals: { json: true } };

describe('pyra model list', () => {
  it('lists the models of the provider in use and marks the one in use', async () => {
    const { code, out } = await run('list', [], { settings: IN_USE });
    expect(code).to.equal(0);
    expect(out).to.equal('* alpha\n  beta\n  two/gamma\n');
  });

  it('lists those of another provider, with nothing in them that a terminal obeys', async () => {
    const { out } = await run('list', ['two'], { settings: IN_USE });
    expect(out).to.include('  gamma\n').and.to.include('\\u{1b}').and.not.include('\u001b');
  });

  it('says when the model in use is not in the list', async () => {
    expect((await run('list', [], { settings: settingsOf({ provider_id: 'one', model: 'old' }) })).err).to.include(
      'old, is not among them',
    );
  });

  it('lists the providers when nothing is configured', async () => {
    const { code, out, err } = await run('list', []);
    expect(code).to.equal(0);
    expect(out).to.equal('one  ONE (alpha)\ntwo  TWO\nown  OWN\n');
    expect(err).to.include('pyra model use PROVIDER/MODEL');
  });

  it('gives JSON', async () => {
    expect(JSON.parse((await run('list', [], { settings: IN_USE, context: JSON_FLAG })).out)).to.deep.equal({
      v: 1,
      provider: 'one',
      models: [
        { id: 'alpha', current: true },
        { id: 'beta', current: false },
        { id: 'two/gamma', current: false },
      ],
    });
    const none = JSON.parse((await run('list', [], { context: JSON_FLAG })).out);
    expect(none).to.include({ v: 1, provider: null });
    expect(none.providers[0]).to.deep.equal({ id: 'one', displayName: 'ONE', group: 'cloud', needsKey: true, defaultModel: 'alpha' });
  });

  it('knows no other provider', async () => {
    expect((await run('list', ['three'], { settings: IN_USE })).error).to.include({ code: 'model/not-found' });
  });
});

describe('pyra model use', () => {
  it('changes the model, says what changed and records it', async () => {
    const { code, err, ai, log } = await run('use', ['beta'], { settings: IN_USE });
    expect(code).to.equal(0);
    expect(err).to.equal('ai.model: alpha → beta\n');
    expect(ai).to.include({ provider_id: 'one', model: 'beta' });
    expect(log).to.deep.equal([
      { log: 'security', event: 'settings-changed', at: '2026-01-01T00:00:00.000Z', detail: { keys: ['ai.model'] } },
    ]);
  });

  it('changes the provider, and forgets the address of the old one', async () => {
    const settings = settingsOf({ provider_id: 'one', model: 'alpha', base_url: 'https://proxy.test/v1', context_tokens: 9 });
    const { ai, err } = await run('use', ['two/gamma', '--provider', 'one'], { settings });
    expect(ai).to.include({ provider_id: 'one', model: 'two/gamma', base_url: 'https://proxy.test/v1' });
    expect(err).to.equal('ai.model: alpha → two/gamma\n');
    const other = await run('use', ['gamma', '--provider', 'two'], { settings });
    expect(other.ai).to.include({ provider_id: 'two', model: 'gamma', context_tokens: 9 }).and.not.have.property('base_url');
    expect(other.err).to.include('ai.base_url: https://proxy.test/v1 → (none)');
  });

  it('takes a word with a slash as a model of the provider in use where that lists it, else as provider and model', async () => {
    expect((await run('use', ['two/gamma'], { settings: IN_USE })).ai).to.include({ provider_id: 'one', model: 'two/gamma' });
    expect((await run('use', ['two/gamma'])).ai).to.include({ provider_id: 'two', model: 'gamma' });
  });

  it('takes a provider for its usual model', async () => {
    expect((await run('use', ['one'])).ai).to.include({ provider_id: 'one', model: 'alpha' });
    expect((await run('use', ['two'])).error).to.include({ code: 'usage' });
  });

  it('takes an address', async () => {
    const { ai } = await run('use', ['own/x', '--base-url', 'http://127.0.0.1:8000/v1']);
    expect(ai).to.include({ provider_id: 'own', model: 'x', base_url: 'http://127.0.0.1:8000/v1' });
    expect((await run('use', ['own/x'])).error).to.include({ code: 'settings/invalid' });
  });

  it('refuses a model that is not listed, with the nearest, and changes nothing', async () => {
    const { error, ai, log } = await run('use', ['alpa'], { settings: IN_USE });
    expect(error).to.include({ code: 'model/not-found', hint: 'did you mean: alpha' });
    expect(ai.model).to.equal('alpha');
    expect(log).to.deep.equal([]);
  });

  it('asks for a provider when none is configured', async () => {
    expect((await run('use', ['alpha'])).error).to.include({ code: 'usage' });
  });

  it('changes nothing with --dry-run, nor when it is in use already', async () => {
    const dry = await run('use', ['beta'], { settings: IN_USE, context: { globals: { dryRun: true } } });
    expect(dry.err).to.equal('would change ai.model: alpha → beta\n');
    expect(dry.ai.model).to.equal('alpha');
    const same = await run('use', ['alpha'], { settings: IN_USE });
    expect(same.err).to.equal('one/alpha is in use already\n');
    expect(same.log).to.deep.equal([]);
  });

  it('takes a model that cannot be checked, and says so', async () => {
    const catalog = openCatalog();
    const { code, err, ai } = await run('use', ['openai/gpt-5.5'], { catalog });
    expect(code).to.equal(0);
    expect(err).to.match(/not checked: there is no key for OpenAI in the vault\n.*pyra vault set openai/);
    expect(ai).to.include({ provider_id: 'openai', model: 'gpt-5.5' });
  });

  it('gives JSON', async () => {
    expect(JSON.parse((await run('use', ['beta'], { settings: IN_USE, context: JSON_FLAG })).out)).to.deep.equal({
      v: 1,
      provider: 'one',
      model: 'beta',
      baseUrl: null,
      checked: true,
      changed: ['ai.model'],
    });
  });
});

describe('pyra model test', () => {
  it('asks for the list only', async () => {
    const server = await startModelServer([{ text: 'hi' }], { models: ['m', 'n'] });
    try {
      const settings = settingsOf({ provider_id: 'openai-compatible', model: 'm', base_url: server.url });
      const { code, out, err } = await run('test', [], { settings, catalog: openCatalog() });
      expect(code).to.equal(0);
      expect(out).to.match(/^openai-compatible answers: 2 models in \d+ ms, m among them\n$/);
      expect(err).to.include('--chat');
      expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET']);
    } finally {
      await server.close();
    }
  });

  it('asks for one token with --chat', async () => {
    const server = await startModelServer([{ text: 'hi' }], { models: ['m'] });
    try {
      const settings = settingsOf({ provider_id: 'openai-compatible', model: 'm', base_url: server.url });
      const { out } = await run('test', ['--chat'], { settings, catalog: openCatalog(), context: JSON_FLAG });
      expect(server.chats()[0]?.body).to.include({ max_tokens: 1, model: 'm' });
      const result = JSON.parse(out);
      expect(result).to.include({ v: 1, provider: 'openai-compatible', model: 'm', models: 1 });
      expect(result.chat.totalMs).to.be.at.least(result.chat.firstMs);
    } finally {
      await server.close();
    }
  });

  it('fails when the model is not listed, and when nothing is configured', async () => {
    const settings = settingsOf({ provider_id: 'one', model: 'bet' });
    expect((await run('test', [], { settings })).error).to.include({ code: 'model/not-found', hint: 'did you mean: beta' });
    expect((await run('test', [])).error).to.include({ code: 'settings/invalid' });
  });

  it('tests another model without choosing it', async () => {
    const { out, ai } = await run('test', ['two/gamma', '--provider', 'one'], { settings: IN_USE });
    expect(out).to.include('two/gamma among them');
    expect(ai.model).to.equal('alpha');
  });
});
