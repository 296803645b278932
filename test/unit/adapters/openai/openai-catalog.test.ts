import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';
import { OpenAiCatalog } from '../../../../src/adapters/openai/openai-catalog.js';
import { OpenAiModel } from '../../../../src/adapters/openai/openai-model.js';
import { proxyFor } from '../../../../src/adapters/support/proxy.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { ModelRequest } from '../../../../src/core/domain/model.js';
import { attempt, collect, textOf } from '../../../contract/language-model.contract.js';
import { startModelServer } from '../../../support/model-server.js';
import { openCatalog } from '../../../support/open-model.js';

const REQUEST: ModelRequest = { system: '', messages: [{ role: 'user', text: 'hi' }], tools: [] };
const never = new AbortController().signal;

describe('the catalog of OpenAI-compatible models', () => {
  const sizes: readonly (readonly [provider: string, model: string, tokens: number])[] = [
    ['openai', 'gpt-5.5', 400_000],
    ['openai', 'gpt-4o-mini', 128_000],
    ['anthropic', 'claude-sonnet-5', 200_000],
    ['openrouter', 'anthropic/claude-sonnet-5', 200_000],
    ['gemini', 'gemini-flash-latest', 1_048_576],
    ['groq', 'openai/gpt-oss-120b', 131_072],
    ['openai', 'unheard-of', 16_000],
  ];
  for (const [provider, model, tokens] of sizes) {
    it(`knows the context of ${provider}/${model}`, async () => {
      expect((await openCatalog().open({ provider, model })).contextTokens).to.equal(tokens);
    });
  }

  it('takes the size from the settings where the name says nothing, and for local servers always', async () => {
    const catalog = openCatalog({ contextTokens: 5_000 });
    expect((await catalog.open({ provider: 'openai', model: 'unheard-of' })).contextTokens).to.equal(5_000);
    expect((await catalog.open({ provider: 'ollama', model: 'qwen3' })).contextTokens).to.equal(5_000);
    expect((await openCatalog().open({ provider: 'ollama', model: 'qwen3' })).contextTokens).to.equal(16_000);
  });

  it('contacts nobody and loads no list when it opens a model, and loads nothing for the table', async () => {
    const loaded: string[] = [];
    const note = (name: string) => async () => {
      loaded.push(name);
      throw new Error('not in this test');
    };
    const secrets = { get: note('vault') };
    const catalog = new OpenAiCatalog({
      secrets,
      timeoutMs: 1_000,
      environment: {},
      load: { model: note('model'), list: note('list'), fetch: note('fetch') },
    });
    catalog.providers();
    await catalog.open({ provider: 'openai', model: 'm' }).catch(() => undefined);
    expect(loaded).to.deep.equal(['model']);
  });

  it('says how to store a key that is missing', async () => {
    const { error } = await attempt(await openCatalog().open({ provider: 'openai', model: 'm' }), REQUEST);
    expect(error).to.include({ code: 'model/auth' });
    expect((error as PyraError).hint).to.include('pyra vault set openai');
  });

  it('leaves the vault shut for a server that needs no key', async () => {
    const server = await startModelServer({ text: 'hello' });
    const absent = async (): Promise<never> => {
      throw new PyraError('vault/absent', 'there is no vault');
    };
    const locked = async (): Promise<never> => {
      throw new Error('the vault was opened');
    };
    try {
      for (const names of [absent, async () => []]) {
        const catalog = new OpenAiCatalog({
          secrets: { names, get: locked },
          timeoutMs: 1_000,
          environment: {},
          load: { model: async () => ({ OpenAiModel }), list: locked, fetch: locked },
        });
        const model = await catalog.open({ provider: 'openai-compatible', model: 'm', baseUrl: server.url });
        expect(textOf(await collect(model, REQUEST))).to.equal('hello');
      }
    } finally {
      await server.close();
    }
  });

  it('sends no key readable through the internet', async () => {
    const catalog = openCatalog({ keys: { 'openai-compatible': 'k'.repeat(20), openai: 'k'.repeat(20) } });
    for (const provider of ['openai-compatible', 'openai']) {
      const { error } = await attempt(await catalog.open({ provider, model: 'm', baseUrl: 'http://models.example.org/v1' }), REQUEST);
      expect(error).to.include({ code: 'settings/invalid' });
      expect((error as Error).message).to.include('readable');
    }
  });

  it('maps what the list answers', async () => {
    const cases = [
      [{ fault: 'status', status: 401 }, 'model/auth'],
      [{ fault: 'status', status: 404 }, 'model/not-found'],
      [{ fault: 'status', status: 503 }, 'model/overloaded'],
      [{ fault: 'status', status: 200, body: { hello: 'world' } }, 'model/bad-response'],
      [{ fault: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'model/bad-response'],
      [{ fault: 'hang' }, 'model/timeout'],
    ] as const;
    for (const [list, code] of cases) {
      const server = await startModelServer([], { list });
      const endpoint = { provider: 'openai-compatible', baseUrl: server.url };
      const error: unknown = await openCatalog({ timeoutMs: 100 })
        .models(endpoint, never)
        .catch((thrown: unknown) => thrown);
      await server.close();
      expect(error, JSON.stringify(list)).to.include({ code });
    }
  });

  it('waits longer than the platform does when it is told to', async () => {
    const server = await startModelServer({ text: 'hello' });
    try {
      const catalog = openCatalog({ timeoutMs: 600_000 });
      const model = await catalog.open({ provider: 'openai-compatible', model: 'm', baseUrl: server.url });
      expect(textOf(await collect(model, REQUEST))).to.equal('hello');
      expect(await catalog.models({ provider: 'openai-compatible', baseUrl: server.url }, never)).to.deep.equal(['scripted']);
    } finally {
      await server.close();
    }
  });

  it('goes through a proxy where the environment names one, and never on this machine', async () => {
    const server = await startModelServer({ text: 'hello' });
    const asked: string[] = [];
    const proxy = createServer((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      const forward = request(`${server.url}/chat/completions`, { method: 'POST', headers: incoming.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(forward);
    });
    proxy.on('connect', (incoming, socket) => {
      asked.push(`CONNECT ${incoming.url} ${JSON.stringify(incoming.headers)}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      const address = `http://127.0.0.1:${port}`;
      const catalog = openCatalog({
        environment: { HTTP_PROXY: address, HTTPS_PROXY: address },
        keys: { openai: 'key-CANARY-0123456789' },
      });
      const near = await catalog.open({ provider: 'openai-compatible', model: 'm', baseUrl: server.url });
      expect(textOf(await collect(near, REQUEST))).to.equal('hello');
      expect(asked).to.deep.equal([]);
      const far = await catalog.open({ provider: 'openai-compatible', model: 'm', baseUrl: 'http://models.lan:8000/v1' });
      expect(textOf(await collect(far, REQUEST))).to.equal('hello');
      expect(asked.splice(0)).to.deep.equal(['POST http://models.lan:8000/v1/chat/completions']);
      const { error } = await attempt(await catalog.open({ provider: 'openai', model: 'm' }), REQUEST);
      expect(error).to.include({ code: 'model/network' });
      expect(asked).to.have.length(1);
      expect(asked[0])
        .to.match(/^CONNECT api\.openai\.com:443 /)
        .and.not.include('CANARY');
    } finally {
      proxy.closeAllConnections();
      proxy.close();
      await server.close();
    }
  });
});

describe('the choice of a proxy', () => {
  const choose = (baseUrl: string, environment: Readonly<Record<string, string>>): string | undefined =>
    proxyFor(resolveEndpoint({ provider: 'openai-compatible', baseUrl }), environment);
  const both = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:1' };

  it('follows the protocol, and lower-case names first', () => {
    expect(choose('https://models.example.org/v1', both)).to.equal('http://secure:1');
    expect(choose('http://gpu.lan/v1', both)).to.equal('http://plain:1');
    expect(choose('https://models.example.org/v1', { ...both, https_proxy: 'http://other:1' })).to.equal('http://other:1');
    expect(choose('https://models.example.org/v1', { HTTPS_PROXY: '' })).to.equal(undefined);
  });

  it('is none for this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(choose(`http://${host}:1/v1`, both)).to.equal(undefined);
  });

  it('heeds NO_PROXY', () => {
    for (const list of ['*', 'example.org', '.example.org', 'a.test, models.example.org', 'models.example.org:443', '*.example.org']) {
      expect(choose('https://models.example.org/v1', { ...both, NO_PROXY: list }), list).to.equal(undefined);
    }
    for (const list of ['', 'ample.org', 'models.example.org:8443', 'other.org']) {
      expect(choose('https://models.example.org/v1', { ...both, NO_PROXY: list }), list).to.equal('http://secure:1');
    }
  });
});
