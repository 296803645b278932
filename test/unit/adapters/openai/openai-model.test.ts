import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import type { ModelRequest } from '../../../../src/core/domain/model.js';
import { attempt, collect, textOf } from '../../../contract/language-model.contract.js';
import { type ModelServer, type ModelServerOptions, type ModelStep, startModelServer } from '../../../support/model-server.js';
import { type OpenModelOptions, openModel } from '../../../support/open-model.js';

const KEY = 'sk-model-CANARY-0123456789abcdef';
const REQUEST: ModelRequest = { system: 'be short', messages: [{ role: 'user', text: 'hello' }], tools: [] };

describe('the OpenAI-compatible model', () => {
  let server: ModelServer | undefined;

  const start = async (steps: readonly ModelStep[] | ModelStep, options?: ModelServerOptions): Promise<ModelServer> => {
    server = await startModelServer(steps, options);
    return server;
  };

  const failure = async (step: ModelStep, options: OpenModelOptions = {}): Promise<PyraError & { came: string }> => {
    const { url } = await start([step]);
    const { events, error } = await attempt(openModel(url, { key: KEY, ...options }), REQUEST);
    expect(isPyraError(error), String(error)).to.equal(true);
    expect(leaks(error)).to.equal('');
    return Object.assign(error as PyraError, { came: textOf(events) });
  };

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  describe('maps what a server answers', () => {
    const status = (code: number, body?: object, headers?: Record<string, string>): ModelStep => ({
      fault: 'status',
      status: code,
      ...(body === undefined ? {} : { body: body as never }),
      ...(headers === undefined ? {} : { headers }),
    });

    const rows: readonly (readonly [what: string, step: ModelStep, code: string, retryable: boolean, words: RegExp])[] = [
      [
        '401 with an echo of the key',
        status(401, { error: { message: `Incorrect API key provided: ${KEY}` } }),
        'model/auth',
        false,
        /key/,
      ],
      [
        '400 for a bad key',
        status(400, { error: { message: 'API key not valid. Please pass a valid API key.' } }),
        'model/auth',
        false,
        /key/,
      ],
      ['403', status(403, { error: { message: `the key ${KEY} may not` } }), 'model/auth', false, /403.*\[key\]/],
      ['404', status(404, { error: { message: 'model not found' } }), 'model/not-found', false, /test-model/],
      [
        '400 for an unknown model',
        status(400, { error: { message: 'x is not a valid model ID' } }),
        'model/not-found',
        false,
        /test-model/,
      ],
      ['429', status(429), 'model/rate-limited', true, /429/],
      ['429 without credit', status(429, { error: { message: 'x', code: 'insufficient_quota' } }), 'model/rate-limited', false, /credit/],
      ['402', status(402), 'model/rate-limited', false, /credit/],
      ['500', status(500), 'model/overloaded', true, /500/],
      ['503', status(503), 'model/overloaded', true, /503/],
      ['529', status(529, { error: { message: 'Overloaded' } }), 'model/overloaded', true, /529: Overloaded|529\): Overloaded/],
      [
        'a full context by its code',
        status(400, { error: { message: 'x', code: 'context_length_exceeded' } }),
        'model/context-overflow',
        false,
        /longer/,
      ],
      [
        'a full context by its words',
        status(400, { error: { message: "This model's maximum context length is 8192 tokens." } }),
        'model/context-overflow',
        false,
        /longer/,
      ],
      ['413', status(413), 'model/context-overflow', false, /longer/],
      ['422', status(422, { error: { message: 'unknown field' } }), 'model/bad-response', false, /unknown field/],
      ['an error page', { fault: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 'model/overloaded', true, /502/],
      [
        'a web page',
        { fault: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
        'model/bad-response',
        false,
        /web page/,
      ],
    ];

    for (const [what, step, code, retryable, words] of rows) {
      it(`${what} → ${code}`, async () => {
        const error = await failure(step);
        expect(error).to.include({ code, retryable });
        expect(error.message).to.match(words);
        expect(error.hint).to.be.a('string');
      });
    }

    it('the forms in which other servers report errors', async () => {
      const bodies: readonly (readonly [status: number, body: object | string, code: string, words: RegExp])[] = [
        [400, [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }], 'model/auth', /key/],
        [422, { detail: [{ msg: 'extra fields' }] }, 'model/bad-response', /extra fields/],
        [422, { object: 'error', message: 'bad call id', code: 3280 }, 'model/bad-response', /: bad call id$/],
        [404, { error: 'model "x" not found, try pulling it first' }, 'model/not-found', /pulling it first/],
        [400, 'Input is too long: reduce the length of the messages', 'model/context-overflow', /longer/],
        [500, '', 'model/overloaded', /\(500\)$/],
      ];
      for (const [code, body, expected, words] of bodies) {
        const error = await failure({ fault: 'status', status: code, body: body as never });
        await server?.close();
        expect(error.code, JSON.stringify(body)).to.equal(expected);
        expect(error.message).to.match(words);
      }
      const details = [{ '@type': 'QuotaFailure' }, { '@type': 'RetryInfo', retryDelay: '32s' }];
      const body = [{ error: { code: 429, message: 'You exceeded your current quota, check your billing details.', details } }];
      expect(await failure({ fault: 'status', status: 429, body: body as never })).to.include({ retryable: true, retryAfterMs: 32_000 });
    });

    it('Retry-After in seconds, as a date, and in milliseconds', async () => {
      expect((await failure(status(429, undefined, { 'retry-after': '7' }))).retryAfterMs).to.equal(7_000);
      await server?.close();
      expect((await failure(status(503, undefined, { 'retry-after-ms': '250' }))).retryAfterMs).to.equal(250);
      await server?.close();
      const date = new Date(Date.now() + 30_000).toUTCString();
      expect((await failure(status(429, undefined, { 'retry-after': date }))).retryAfterMs).to.be.within(28_000, 30_000);
      await server?.close();
      expect((await failure(status(429, undefined, { 'retry-after': 'soon' }))).retryAfterMs).to.equal(undefined);
    });

    it('says which model list helps after a 404', async () => {
      expect((await failure(status(404))).hint).to.include('pyra model list');
    });

    it('says how to store a key after a 401', async () => {
      expect((await failure(status(401))).hint).to.include('pyra vault set openai-compatible');
    });
  });

  it('keeps what came before a cut, and can be asked again only when nothing came', async () => {
    expect(await failure({ fault: 'cut', text: 'half' })).to.include({ code: 'model/network', came: 'half' });
    await server?.close();
    expect(await failure({ fault: 'no-end', text: 'half' })).to.include({ code: 'model/network', came: 'half', retryable: false });
    await server?.close();
    expect(await failure({ fault: 'raw', stream: '' })).to.include({ code: 'model/network', retryable: true });
  });

  it('refuses garbage in the stream and keeps what came', async () => {
    expect(await failure({ fault: 'garbage', text: 'half' })).to.include({ code: 'model/bad-response', came: 'half' });
    for (const stream of ['data: 5\n\n', 'data: "x"\n\n', 'data: null\n\n', 'data: {{{\n\n']) {
      await server?.close();
      expect((await failure({ fault: 'raw', stream })).code, stream).to.equal('model/bad-response');
    }
  });

  it('maps an error inside the stream', async () => {
    const overloaded = { message: `try later, ${KEY}`, code: 503 };
    expect(await failure({ fault: 'error-mid-stream', text: 'half', error: overloaded })).to.include({
      code: 'model/overloaded',
      came: 'half',
    });
    await server?.close();
    const full = { message: 'prompt is too long: 9 tokens > 8 maximum' };
    expect((await failure({ fault: 'error-mid-stream', text: '', error: full })).code).to.equal('model/context-overflow');
  });

  it('gives up a server that hangs, before its answer and in the middle', async () => {
    const before = await failure({ fault: 'hang' }, { timeoutMs: 80 });
    expect(before.code).to.equal('model/timeout');
    expect(before.message).to.include('0.08 s');
    await server?.close();
    expect(await failure({ fault: 'hang-mid-stream', text: 'half' }, { timeoutMs: 120 })).to.include({
      code: 'model/timeout',
      came: 'half',
    });
  });

  for (const step of [{ fault: 'hang' }, { fault: 'hang-mid-stream', text: 'half' }] as const) {
    it(`stops a server at once that does this: ${step.fault}`, async () => {
      const { url } = await start([step]);
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      const before = Date.now();
      const { error } = await attempt(openModel(url), REQUEST, controller.signal);
      expect(error).to.equal(controller.signal.reason);
      expect(Date.now() - before).to.be.lessThan(1_000);
    });
  }

  it('does not wait for a server that keeps the stream open after the end', async () => {
    const stream = 'data: {"choices":[{"delta":{"content":"done"},"finish_reason":"stop"}]}\n\n';
    const { url } = await start({ fault: 'raw', stream, open: true });
    const before = Date.now();
    expect(textOf(await collect(openModel(url), REQUEST))).to.equal('done');
    expect(Date.now() - before).to.be.lessThan(3_000);
  });

  it('uses one connection for the rounds of a turn', async () => {
    const { url, chats } = await start([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
    const model = openModel(url);
    for (const text of ['one', 'two', 'three']) {
      expect(textOf(await collect(model, REQUEST))).to.equal(text);
      await pause(10);
    }
    expect(new Set(chats().map(({ fromPort }) => fromPort)).size).to.equal(1);
  });

  it('does not follow a redirect, and the key stays', async () => {
    const other = await startModelServer({ text: 'stolen' });
    try {
      const error = await failure({ fault: 'redirect', to: `${other.url}/chat/completions` });
      expect(error).to.include({ code: 'model/bad-response' });
      expect(error.message).to.include(new URL(other.url).host);
      expect(other.requests).to.deep.equal([]);
    } finally {
      await other.close();
    }
  });

  it('says that nothing answers, once more worth a try on this machine', async () => {
    const { url } = await start([]);
    await server?.close();
    const { error } = await attempt(openModel(url, { provider: 'ollama' }), REQUEST);
    expect(error).to.include({ code: 'model/network', retryable: true, retryLimit: 1 });
    expect((error as PyraError).hint).to.include('ollama serve');
  });

  it('names the error of TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = plain.address() as { port: number };
      const { error } = await attempt(openModel(`https://127.0.0.1:${port}/v1`), REQUEST);
      expect(error).to.include({ code: 'model/network', retryable: false });
      expect((error as Error).message).to.match(/no secure connection to 127\.0\.0\.1:\d+: \S*SSL/);
    } finally {
      plain.close();
    }
  });

  it('refuses a certificate that nobody vouches for, before the key leaves', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'pyra-tls-'));
    const file = (name: string): string => join(folder, name);
    const subject = ['-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', file('key'), '-out', file('cert'), ...subject]);
    if (made.status !== 0) this.skip();
    const heard: string[] = [];
    const secure = createSecureServer({ key: await readFile(file('key')), cert: await readFile(file('cert')) }, (request) => {
      heard.push(JSON.stringify(request.headers));
    });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = secure.address() as { port: number };
      const { error } = await attempt(openModel(`https://127.0.0.1:${port}/v1`, { key: KEY }), REQUEST);
      expect(error).to.include({ code: 'model/network', retryable: false });
      expect((error as Error).message).to.include('DEPTH_ZERO_SELF_SIGNED_CERT');
      expect(heard).to.deep.equal([]);
    } finally {
      secure.close();
      await rm(folder, { recursive: true });
    }
  });

  it('says that a name is not known', async () => {
    const { error } = await attempt(openModel('https://no-such-host.invalid/v1'), REQUEST);
    expect(error).to.include({ code: 'model/network' });
    expect((error as Error).message).to.match(/no-such-host\.invalid/);
  });

  it('sends a request as the API wants it', async () => {
    const { url } = await start({ text: 'ok' });
    await collect(openModel(url, { key: KEY }), { ...REQUEST, options: { temperature: 0.2, max_tokens: 9 } });
    const [request] = server?.chats() ?? [];
    expect(request?.headers.authorization).to.equal(`Bearer ${KEY}`);
    expect(request?.path).to.equal('/v1/chat/completions');
    expect(request?.body).to.deep.equal({
      model: 'test-model',
      messages: [
        { role: 'system', content: 'be short' },
        { role: 'user', content: 'hello' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.2,
      max_tokens: 9,
    });
  });

  it('sends no authorization where there is no key', async () => {
    const { url } = await start({ text: 'ok' });
    await collect(openModel(url), REQUEST);
    expect(server?.requests[0]?.headers).not.to.have.property('authorization');
  });

  it('takes an answer that did not stream', async () => {
    const body = {
      choices: [
        {
          message: { role: 'assistant', content: 'whole', tool_calls: [{ id: 'c1', function: { name: 'a__b', arguments: '{"x":1}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const { url } = await start([{ fault: 'status', status: 200, body }]);
    expect(await collect(openModel(url), REQUEST)).to.deep.equal([
      { type: 'text-delta', text: 'whole' },
      { type: 'tool-call', call: { id: 'c1', tool: 'a.b', args: { x: 1 } } },
      { type: 'end', reason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
  });

  it('maps an error that came with status 200', async () => {
    const error = await failure({ fault: 'status', status: 200, body: { error: { message: 'invalid api key', code: 'invalid_api_key' } } });
    expect(error.code).to.equal('model/auth');
  });

  it('returns opaque state to the provider that gave it, and to no other', async () => {
    const extra = { google: { thought_signature: 'c2lnbmF0dXJl' } };
    const step: ModelStep = { calls: [{ id: 'c1', name: 'a__b', args: {}, extra }] };
    const one = await start([step, { text: 'ok' }]);
    const model = openModel(one.url, { provider: 'gemini', key: KEY });
    const [event] = await collect(model, REQUEST);
    const call = event?.type === 'tool-call' ? event.call : undefined;
    expect(call?.opaque?.value).to.deep.equal({ extra_content: extra });
    const history: ModelRequest = {
      ...REQUEST,
      messages: [
        ...REQUEST.messages,
        { role: 'assistant', text: '', calls: call === undefined ? [] : [call] },
        { role: 'tool', call: 'c1' as never, tool: 'a.b' as never, text: 'r' },
      ],
    };
    await collect(model, history);
    expect(JSON.stringify(one.chats()[1]?.body)).to.include('c2lnbmF0dXJl');
    const two = await startModelServer([{ text: 'ok' }, { text: 'ok' }]);
    try {
      await collect(openModel(two.url, { provider: 'gemini', key: KEY }), history);
      await collect(openModel(two.url), history);
      expect(two.chats().map(({ raw }) => raw.includes('c2lnbmF0dXJl'))).to.deep.equal([false, false]);
    } finally {
      await two.close();
    }
  });

  it('returns thoughts where the provider demands it', async () => {
    const { url, chats } = await start([{ reasoning: 'let me think', calls: [{ id: 'c1', name: 'a__b', args: {} }] }, { text: 'ok' }]);
    const model = openModel(url, { provider: 'deepseek', key: KEY });
    const events = await collect(model, REQUEST);
    const end = events.at(-1);
    const opaque = end?.type === 'end' ? end.opaque : undefined;
    const call = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
    const answer = { role: 'assistant', text: '', calls: call, ...(opaque === undefined ? {} : { opaque }) } as const;
    await collect(model, {
      ...REQUEST,
      messages: [...REQUEST.messages, answer, { role: 'tool', call: 'c1' as never, tool: 'a.b' as never, text: 'r' }],
    });
    const sent = chats()[1]?.body.messages as readonly Record<string, unknown>[];
    expect(sent.find(({ role }) => role === 'assistant')).to.include({ reasoning_content: 'let me think' });
  });
});

/** Every text form of an error and its causes in which the canary is found. */
function leaks(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    texts.push(at.message, String(at.stack), JSON.stringify(at, Object.getOwnPropertyNames(at)));
  }
  return texts.filter((text) => text.includes('CANARY')).join('\n');
}
