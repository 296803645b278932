import { expect } from 'chai';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';
import { PROVIDERS } from '../../../../src/adapters/openai/providers.js';
import type { ModelRequest } from '../../../../src/core/domain/model.js';
import { collect } from '../../../contract/language-model.contract.js';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';
import { openCatalog } from '../../../support/open-model.js';

/** What each row must do on the wire: the header of the key for chats and lists, and the name of the limit. */
const ROWS: Readonly<Record<string, { readonly chat?: string; readonly list?: string; readonly limit?: string; readonly usage?: false }>> =
  {
    openai: { chat: 'authorization', limit: 'max_completion_tokens' },
    anthropic: { chat: 'authorization', list: 'x-api-key' },
    gemini: { chat: 'authorization' },
    mistral: { chat: 'authorization', usage: false },
    groq: { chat: 'authorization', limit: 'max_completion_tokens' },
    deepseek: { chat: 'authorization' },
    xai: { chat: 'authorization' },
    openrouter: { chat: 'authorization' },
    together: { chat: 'authorization' },
    moonshot: { chat: 'authorization' },
    azure: { chat: 'api-key', limit: 'max_completion_tokens' },
    ollama: {},
    lmstudio: {},
    llamacpp: {},
    vllm: {},
    'openai-compatible': {},
  };

const KEY = 'key-0123456789abcdef';
const REQUEST: ModelRequest = { system: '', messages: [{ role: 'user', text: 'hi' }], tools: [], options: { max_tokens: 5 } };

describe('the provider table', () => {
  let server: ModelServer;

  beforeEach(async () => {
    server = await startModelServer({ text: 'hello' }, { models: ['models/b', 'a'] });
  });

  afterEach(async () => server.close());

  it('has exactly the rows that are tested here', () => {
    expect(PROVIDERS.map(({ id }) => id)).to.deep.equal(Object.keys(ROWS));
  });

  for (const provider of PROVIDERS) {
    it(`${provider.id}: what setup shows`, () => {
      expect(provider.displayName).not.to.equal('');
      expect(provider.needsKey).to.equal(provider.group === 'cloud');
      expect(provider.keyVariable !== undefined).to.equal(provider.needsKey);
      if (provider.baseUrl !== undefined) {
        const endpoint = resolveEndpoint({ provider: provider.id });
        expect(endpoint.url).to.equal(provider.baseUrl);
        expect(endpoint.owner).to.equal(provider.id);
        expect(endpoint.keySafe).to.equal(true);
        expect(endpoint.loopback).to.equal(provider.group === 'local');
      }
      if (provider.group === 'cloud' && provider.baseUrl !== undefined) expect(provider.defaultModel).to.be.a('string');
    });

    it(`${provider.id}: what goes over the wire`, async () => {
      const row = ROWS[provider.id] ?? {};
      const catalog = openCatalog({ keys: provider.needsKey ? { [provider.id]: KEY } : {} });
      const endpoint = { provider: provider.id, baseUrl: server.url };
      const models = await catalog.models(endpoint, new AbortController().signal);
      expect(models).to.deep.equal(provider.id === 'gemini' ? ['a', 'b'] : ['a', 'models/b']);
      await collect(await catalog.open({ ...endpoint, model: 'm' }), REQUEST);

      const [list, chat] = server.requests;
      expect(keyHeaders(list?.headers ?? {})).to.deep.equal(row.chat === undefined ? [] : [row.list ?? row.chat]);
      expect(keyHeaders(chat?.headers ?? {})).to.deep.equal(row.chat === undefined ? [] : [row.chat]);
      const other = row.limit === 'max_completion_tokens' ? 'max_tokens' : 'max_completion_tokens';
      expect(chat?.body).to.have.property(row.limit ?? 'max_tokens', 5);
      expect(chat?.body).not.to.have.property(other);
      expect(chat?.body.stream_options !== undefined).to.equal(row.usage !== false);
    });
  }

  it('reads the list of Anthropic whole, in its version of the API', async () => {
    await openCatalog({ keys: { anthropic: KEY } }).models({ provider: 'anthropic', baseUrl: server.url }, new AbortController().signal);
    expect(server.requests[0]?.path).to.equal('/v1/models?limit=1000');
    expect(server.requests[0]?.headers['anthropic-version']).to.equal('2023-06-01');
  });

  it('reaches the deployments of Azure', async () => {
    const baseUrl = `${new URL(server.url).origin}/openai/deployments/mine`;
    await collect(await openCatalog({ keys: { azure: KEY } }).open({ provider: 'azure', model: 'mine', baseUrl }), REQUEST);
    expect(server.requests[0]?.path).to.equal('/openai/deployments/mine/chat/completions?api-version=2024-10-21');
  });
});

function keyHeaders(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (String(value).endsWith(KEY) ? [name] : []));
}
