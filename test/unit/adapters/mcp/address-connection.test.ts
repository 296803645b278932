import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect } from 'chai';
import { type ConnectedClient, clientOf, connectedClient } from '../../../support/mcp-http/connected-client.js';
import { type Exchange, type ScriptedHttpServer, startHttpServer } from '../../../support/mcp-http/http-server.js';
import { mcpAnswers, resultFor, sendResult, startStream } from '../../../support/mcp-http/mcp-answers.js';
import { startSdkServer } from '../../../support/mcp-http/sdk-server.js';
import { until } from '../../../support/mcp-http/until.js';

const TOKEN = 'token-CANARY-0123456789';

describe('the connection to an MCP server over HTTP', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  const started = async <S extends ScriptedHttpServer>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    cleanups.push(() => server.close());
    return server;
  };
  const connected = async (...args: Parameters<typeof connectedClient>): Promise<ConnectedClient> => {
    const made = await connectedClient(...args);
    cleanups.push(() => made.connection.close());
    return made;
  };

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  it('sends nothing before the first message', async () => {
    const server = await started(startHttpServer(mcpAnswers()));
    const { connection } = await clientOf(server.url);
    await connection.close();
    expect(server.exchanges).to.deep.equal([]);
    expect(await connection.ended).to.equal(undefined);
  });

  it('speaks with a server that answers in JSON', async () => {
    const server = await started(startHttpServer(mcpAnswers()));
    const { client, call } = await connected(server.url);
    expect((await client.listTools()).tools.map(({ name }) => name)).to.deep.equal(['echo']);
    expect(await call()).to.deep.equal({ content: [{ type: 'text', text: 'done' }] });
    expect(server.exchanges.map(({ method, message }) => message?.method ?? method)).to.deep.equal([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call',
    ]);
  });

  it('speaks with a server that answers in streams, in pieces, with comments, several lines and any line ends', async () => {
    const answer = async (exchange: Exchange, result: unknown): Promise<void> => {
      startStream(exchange);
      const [head = '', ...rest] = resultFor(exchange, result).split(',');
      exchange.response.write('\uFEFF: hello\r\n\r\nevent: other\rdata: {}\r\rid: 1\ndata:\n\n');
      exchange.response.write(`event: message\r\ndata: ${head},\r`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      exchange.response.end(`\ndata:${rest.join(',')}\r\n\r\n`);
    };
    const server = await started(
      startHttpServer(mcpAnswers({ 'tools/call': (exchange) => answer(exchange, { content: [{ type: 'text', text: 'grün' }] }) })),
    );
    const { call } = await connected(server.url);
    expect(await call()).to.deep.equal({ content: [{ type: 'text', text: 'grün' }] });
  });

  it('sends the session and the version of the protocol with each request, and ends the session at the end', async () => {
    const server = await started(startHttpServer(mcpAnswers({}, { session: 's-1' })));
    const { connection, call } = await connected(server.url);
    await call();
    await connection.close();
    await connection.close();
    const [first, ...others] = server.exchanges;
    expect(first?.headers).to.not.include.any.keys('mcp-session-id', 'mcp-protocol-version');
    expect(others.map(({ method }) => method)).to.deep.equal(['POST', 'POST', 'DELETE']);
    for (const { headers } of others) expect(headers).to.include({ 'mcp-session-id': 's-1', 'mcp-protocol-version': '2025-11-25' });
    expect(await connection.ended).to.equal(undefined);
  });

  it('ends no session where there is none, and does not wait for a server that does not care', async () => {
    const none = await started(startHttpServer(mcpAnswers()));
    await (await connected(none.url)).connection.close();
    expect(none.exchanges.map(({ method }) => method)).not.to.include('DELETE');
    const deaf = await started(startHttpServer(mcpAnswers({ DELETE: () => undefined }, { session: 's-1' })));
    const { connection } = await connected(deaf.url);
    const begun = performance.now();
    await connection.close();
    expect(performance.now() - begun).to.be.lessThan(1_000);
  });

  it('sends the headers of the person with each request, secrets among them, and no other header', async () => {
    const answer = mcpAnswers({}, { session: 's-1', listChanged: true });
    const withCookie = (exchange: Exchange): unknown => {
      exchange.response.setHeader('set-cookie', 'id=1; Path=/');
      return answer(exchange);
    };
    const server = await started(startHttpServer(withCookie));
    const headers = { Authorization: { text: 'Bearer ', secret: 'web' as never }, 'X-Team': { text: 'a' } };
    const { connection } = await connected(server.url, { headers, secrets: { web: TOKEN } });
    await until(() => server.exchanges.some(({ method }) => method === 'GET'));
    await connection.close();
    for (const { headers: got, method } of server.exchanges) {
      expect(got).to.include({ authorization: `Bearer ${TOKEN}`, 'x-team': 'a', 'user-agent': 'pyra', 'accept-encoding': 'identity' });
      const known = ['accept', 'content-type', 'content-length', 'host', 'connection', 'mcp-session-id', 'mcp-protocol-version'];
      const others = Object.keys(got).filter((name) => !known.includes(name));
      expect(others.sort(), method).to.deep.equal(['accept-encoding', 'authorization', 'user-agent', 'x-team']);
    }
    expect(server.exchanges.map(({ method }) => method)).to.include.members(['POST', 'GET', 'DELETE']);
  });

  it('sends no message of more than 10 MB', async () => {
    const server = await started(startHttpServer(mcpAnswers()));
    const { client } = await connected(server.url);
    const sending = client.callTool({ name: 'echo', arguments: { text: 'ü'.repeat(6_000_000) } });
    expect(await sending.catch((error: unknown) => error)).to.include({ code: 'limit/reached' });
    expect(server.exchanges).to.have.length(2);
  });

  it('listens for changes only where the server says that it tells of them', async () => {
    const silent = await started(startHttpServer(mcpAnswers()));
    await (await connected(silent.url)).client.listTools();
    expect(silent.exchanges.map(({ method }) => method)).not.to.include('GET');
    const without = await started(startHttpServer(mcpAnswers({}, { listChanged: true })));
    const { client, errors } = await connected(without.url);
    await until(() => without.exchanges.some(({ method }) => method === 'GET'));
    await client.listTools();
    expect(errors).to.deep.equal([]);
    expect(without.exchanges.filter(({ method }) => method === 'GET')).to.have.length(1);
  });

  it('gives up what is cancelled: the server is told, and its connection is left', async () => {
    const server = await started(startHttpServer(mcpAnswers({ 'tools/call': () => undefined })));
    const { call } = await connected(server.url);
    const cancel = new AbortController();
    const calling = call(cancel.signal).catch((error: unknown) => error);
    await until(() => server.exchanges.some(({ message }) => message?.method === 'tools/call'));
    const { request } = server.exchanges.find(({ message }) => message?.method === 'tools/call') as Exchange;
    cancel.abort('enough');
    expect(String(await calling)).to.include('enough');
    await until(() => server.exchanges.some(({ message }) => message?.method === 'notifications/cancelled'));
    await until(() => request.socket.destroyed);
    expect((await call(AbortSignal.timeout(50)).catch(() => 'over')) as string).to.equal('over');
  });

  it('answers what the server asks, and lets it have only a few answers at once', async () => {
    const server = await started(
      startHttpServer(
        mcpAnswers({
          'tools/call': (exchange) => {
            startStream(exchange);
            for (let id = 1; id <= 30; id += 1) exchange.response.write(`data: {"jsonrpc":"2.0","id":"ping-${id}","method":"ping"}\n\n`);
            setTimeout(() => exchange.response.end(`data: ${resultFor(exchange, { content: [] })}\n\n`), 100);
          },
          POST: () => undefined,
        }),
      ),
    );
    const { call, errors } = await connected(server.url, { times: { noticeMs: 200 } });
    await call();
    const answers = server.exchanges.filter(({ message }) => message?.method === undefined);
    expect(answers.map(({ message }) => message)).to.deep.include({ jsonrpc: '2.0', id: 'ping-1', result: {} });
    expect(answers).to.have.length(8);
    expect(errors.join()).to.include('asks more than it lets Pyra answer');
  });

  for (const [what, options] of [
    ['with sessions and streams', { sessions: true }],
    ['with sessions and JSON', { sessions: true, json: true }],
    ['with streams that can be taken up again', { sessions: true, events: true }],
    ['without sessions', { sessions: false }],
  ] as const) {
    it(`works with the server of the SDK ${what}`, async () => {
      const server = await started(startSdkServer(options));
      const { client, connection, call, errors } = await connected(server.url);
      expect((await client.listTools()).tools.map(({ name }) => name)).to.deep.equal(['echo', 'slow', 'wait', 'interrupted']);
      expect(await call()).to.deep.include({ content: [{ type: 'text', text: 'echo' }] });
      const steps: number[] = [];
      const onprogress = ({ progress }: { readonly progress: number }): void => void steps.push(progress);
      const slow = await client.callTool({ name: 'slow', arguments: {} }, undefined, { onprogress });
      expect(slow.content).to.deep.equal([{ type: 'text', text: 'slow' }]);
      if (!('json' in options)) expect(steps).to.deep.equal([1, 2, 3]);
      expect(errors).to.deep.equal([]);
      expect(server.sessions()).to.have.length(options.sessions ? 1 : 0);
      await connection.close();
      expect(server.sessions()).to.deep.equal([]);
    });
  }

  it('is told by the server of the SDK that its tools changed, and tells it what is cancelled', async () => {
    const server = await started(startSdkServer({ sessions: true }));
    const { client } = await connected(server.url);
    let changes = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changes += 1;
    });
    await until(() => server.exchanges.some(({ method }) => method === 'GET'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    server.addTool('new');
    await until(() => changes === 1);
    const cancel = new AbortController();
    const waiting = client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: cancel.signal }).catch(() => 'cancelled');
    await until(() => server.exchanges.some(({ body }) => body.includes('"wait"')));
    cancel.abort();
    expect(await waiting).to.equal('cancelled');
    await until(() => server.cancelled.length === 1);
  });

  it('takes an answer up where its stream broke off, as the server of the SDK lets it', async () => {
    const server = await started(startSdkServer({ sessions: true, events: true }));
    const { client } = await connected(server.url);
    const { content } = await client.callTool({ name: 'interrupted', arguments: {} });
    expect(content).to.deep.equal([{ type: 'text', text: 'after the break' }]);
    expect(server.exchanges.some(({ method, headers }) => method === 'GET' && headers['last-event-id'] !== undefined)).to.equal(true);
  });

  it('is over when the server has forgotten the session, which is no crash; a new connection begins a new one', async () => {
    const server = await started(startSdkServer({ sessions: true }));
    const { connection, call } = await connected(server.url);
    await server.forget();
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'mcp/unreachable', retryable: true, message: 'the MCP server web has ended its session' });
    expect(await connection.ended).to.deep.equal({ reason: 'has ended its session', crash: false });
    const posts = server.exchanges.length;
    await connection.close();
    expect(server.exchanges.length, 'no DELETE').to.equal(posts);
    expect(await (await connected(server.url)).call()).to.deep.include({ content: [{ type: 'text', text: 'echo' }] });
  });

  it('takes it as a forgotten session too when a server says so in other words, and only in a session', async () => {
    const refusal = ({ response }: Exchange): unknown => response.writeHead(400).end('Bad Request: No valid session ID provided');
    for (const session of ['s', undefined]) {
      const server = await started(startHttpServer(mcpAnswers({ 'tools/call': refusal }, session === undefined ? {} : { session })));
      const { call } = await connected(server.url);
      const error = (await call().catch((thrown: unknown) => thrown)) as Error;
      expect(error.message).to.include(
        session === undefined ? 'says 400: Bad Request: No valid session ID provided' : 'has ended its session',
      );
    }
  });

  it('works on when the network was gone between calls, or a server without sessions began anew', async () => {
    const first = await startHttpServer(mcpAnswers());
    const { call, connection } = await connected(first.url);
    await call();
    await first.close();
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'mcp/unreachable', retryable: true });
    const second = await started(startHttpServer(mcpAnswers(), { port: first.port }));
    expect(await call()).to.deep.equal({ content: [{ type: 'text', text: 'done' }] });
    expect(second.exchanges).to.have.length(1);
    expect(await Promise.race([connection.ended, Promise.resolve('running')])).to.equal('running');
  });

  it('carries many calls at once', async () => {
    const server = await started(
      startHttpServer(
        mcpAnswers({
          'tools/call': (exchange) =>
            setTimeout(() => sendResult(exchange, { content: [{ type: 'text', text: String(exchange.message?.id) }] }), 20),
        }),
      ),
    );
    const { call } = await connected(server.url);
    const texts = (await Promise.all(Array.from({ length: 40 }, () => call()))).map(
      (result) => (result as { content: [{ text: string }] }).content[0].text,
    );
    expect(new Set(texts).size).to.equal(40);
  });
});
