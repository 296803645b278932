import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { AddressTimes } from '../../../../src/adapters/mcp/address-times.js';
import type { PyraError } from '../../../../src/core/domain/errors.js';
import { type ConnectedClient, type ConnectOptions, clientOf, connectedClient } from '../../../support/mcp-http/connected-client.js';
import { type Exchange, type ScriptedHttpServer, startHttpServer } from '../../../support/mcp-http/http-server.js';
import {
  type Answers,
  mcpAnswers,
  type OrdinaryServer,
  resultFor,
  sendResult,
  startStream,
} from '../../../support/mcp-http/mcp-answers.js';
import { runNode } from '../../../support/mcp-http/run-node.js';
import { until } from '../../../support/mcp-http/until.js';

const MB = 1024 * 1024;
const DONE = { content: [{ type: 'text', text: 'done' }] };

describe('an MCP server over HTTP that does harm', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  const escaped: unknown[] = [];
  const note = (error: unknown): void => void escaped.push(error);

  const serve = async (own: Answers, ordinary: OrdinaryServer = {}, port?: number): Promise<ScriptedHttpServer> => {
    const server = await startHttpServer(mcpAnswers(own, ordinary), port === undefined ? {} : { port });
    cleanups.push(() => server.close());
    return server;
  };
  const connect = async (url: string, options: ConnectOptions = {}): Promise<ConnectedClient> => {
    const made = await connectedClient(url, options);
    cleanups.push(() => made.connection.close());
    return made;
  };
  /** A connected client, and what its call came to. */
  const calling = async (
    answer: (exchange: Exchange) => unknown,
    times: Partial<AddressTimes> = {},
  ): Promise<ConnectedClient & { readonly error: PyraError; readonly server: ScriptedHttpServer }> => {
    const server = await serve({ 'tools/call': answer }, { session: 's' });
    const connected = await connect(server.url, { times });
    const error = (await connected.call().catch((thrown: unknown) => thrown)) as PyraError;
    expect(error).to.be.instanceOf(Error);
    return { ...connected, error, server };
  };
  const gets = (server: ScriptedHttpServer): number => server.exchanges.filter(({ method }) => method === 'GET').length;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  before(() => {
    process.on('unhandledRejection', note);
  });

  after(() => {
    process.off('unhandledRejection', note);
  });

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    await pause(0);
    expect(escaped.splice(0), 'unhandled rejections').to.deep.equal([]);
  });

  const tooMuch: readonly (readonly [what: string, answer: (exchange: Exchange) => unknown])[] = [
    ['a body of 11 MB', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(11 * MB)}"`)],
    [
      'a body without a length and without an end',
      ({ response }) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): unknown => !response.destroyed && response.write('x'.repeat(MB), () => setImmediate(more));
        more();
      },
    ],
    [
      'a body that says that it has 11 MB',
      ({ response }) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 11 * MB }).write('{'),
    ],
    [
      'an event of 11 MB',
      (exchange) => {
        startStream(exchange);
        exchange.response.write(`data: ${'x'.repeat(11 * MB)}`);
      },
    ],
    [
      'an event of many lines without an end',
      (exchange) => {
        startStream(exchange);
        const more = (): unknown =>
          !exchange.response.destroyed && exchange.response.write('data: x\n'.repeat(40_000), () => setImmediate(more));
        more();
      },
    ],
  ];
  for (const [what, answer] of tooMuch) {
    it(`is over when it sends ${what}, which is a crash`, async () => {
      const { error, connection, server } = await calling(answer);
      expect(error.message).to.include('Connection closed');
      expect(await connection.ended).to.deep.equal({ reason: 'sent a message of more than 10 MB', crash: true });
      await until(() => server.connections() === 0);
    });
  }

  for (const [what, text, reason] of [
    ['is nested', '['.repeat(100_000), /^sent a message that is nested more than \d+ deep$/],
    ['holds values', `[${'1,'.repeat(400_000)}1]`, /^sent a message that holds more than \d+ values$/],
  ] as const) {
    it(`is over when a message ${what} beyond measure, as a body and in a stream`, async () => {
      const body = await calling(({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(text));
      const stream = await calling((exchange) => {
        startStream(exchange);
        exchange.response.end(`data: ${text}\n\n`);
      });
      for (const { connection } of [body, stream]) {
        const end = await connection.ended;
        expect(end?.crash).to.equal(true);
        expect(end?.reason).to.match(reason);
      }
    });
  }

  it('is over when it floods a stream, which is a crash', async () => {
    const { error, connection, server } = await calling((exchange) => {
      startStream(exchange);
      const more = (): unknown =>
        !exchange.response.destroyed && exchange.response.write(': x\n\n'.repeat(20_000), () => setImmediate(more));
      more();
    });
    expect(error.message).to.include('Connection closed');
    expect(await connection.ended).to.deep.equal({ reason: 'flooded Pyra with data', crash: true });
    await until(() => server.connections() === 0);
  });

  it('is over when it floods the stream of changes, and its calls are told', async () => {
    const server = await serve(
      {
        GET: (exchange) => {
          startStream(exchange);
          const more = (): unknown =>
            !exchange.response.destroyed && exchange.response.write(': x\n\n'.repeat(20_000), () => setImmediate(more));
          more();
        },
        'tools/call': () => undefined,
      },
      { listChanged: true },
    );
    const { call, connection } = await connect(server.url);
    expect(String(await call().catch((error: unknown) => error))).to.match(/closed|not connected|Not connected/);
    expect(await connection.ended).to.deep.equal({ reason: 'flooded Pyra with data', crash: true });
  });

  it('has answers of 9 MB taken, whole and as streams, one after the other', async () => {
    const big = { content: [{ type: 'text', text: 'x'.repeat(9 * MB) }] };
    let turn = 0;
    const server = await serve({
      'tools/call': (exchange) => {
        turn += 1;
        if (turn % 2 === 0) return sendResult(exchange, big);
        startStream(exchange);
        return exchange.response.end(`data: ${resultFor(exchange, big)}\n\n`);
      },
    });
    const { call } = await connect(server.url);
    for (let count = 0; count < 6; count += 1) expect(((await call()) as typeof big).content[0]?.text).to.have.length(9 * MB);
  });

  for (const coding of ['gzip', 'br', 'deflate', 'x-own']) {
    it(`is not unpacked: ${coding}`, async () => {
      const bomb = gzipSync(Buffer.alloc(20 * MB));
      const { error } = await calling(({ response }) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(bomb),
      );
      expect(error.message).to.equal(`the MCP server web packs its answers as ${coding}, though it is asked not to`);
    });
  }

  it('lets a call wait as long as its caller does, when its answer drips', async () => {
    const server = await serve({
      'tools/call': (exchange) => {
        startStream(exchange);
        const drip = setInterval(() => exchange.response.write('d'), 10);
        exchange.response.on('close', () => clearInterval(drip));
      },
    });
    const { call } = await connect(server.url);
    const begun = performance.now();
    await call(AbortSignal.timeout(150)).catch(() => undefined);
    expect(performance.now() - begun).to.be.within(100, 1_500);
    const { request } = server.exchanges.find(({ message }) => message?.method === 'tools/call') as Exchange;
    await until(() => request.socket.destroyed);
  });

  it('does not hold up who only tells it something', async () => {
    const server = await serve({ 'notifications/initialized': () => undefined });
    const { client, connection } = await clientOf(server.url, { times: { noticeMs: 100 } });
    const error = await client.connect(connection.transport).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.equal('the MCP server web does not answer within 0.1 s');
    await connection.close();
  });

  it('cannot answer for another request, nor twice', async () => {
    const other = await calling((exchange) => {
      startStream(exchange);
      exchange.response.end(`data: {"jsonrpc":"2.0","id":99999,"result":{}}\n\n`);
    });
    expect(other.error.message).to.equal('the MCP server web broke off before its answer');
    expect((other.error as { hint?: string }).hint).to.equal('whether it did what it was asked is not known');
    const server = await serve({
      'tools/call': (exchange) => {
        startStream(exchange);
        const again = resultFor(exchange, { content: [{ type: 'text', text: 'again' }] });
        exchange.response.end(`data: ${resultFor(exchange, DONE)}\n\ndata: ${again}\n\n`);
      },
    });
    const { call } = await connect(server.url);
    for (let count = 0; count < 3; count += 1) expect(await call()).to.deep.equal(DONE);
  });

  it('has an error taken as an answer, in a stream that could be taken up again', async () => {
    const { error, server } = await calling((exchange) => {
      startStream(exchange);
      exchange.response.end(
        `id: 1\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: exchange.message?.id, error: { code: 1, message: 'no' } })}\n\n`,
      );
    });
    expect(error.message).to.include('no');
    await pause(100);
    expect(gets(server)).to.equal(0);
  });

  it('is not waited for when it keeps a stream open behind its answer', async () => {
    const server = await serve({
      'tools/call': (exchange) => {
        startStream(exchange);
        exchange.response.write(`data: ${resultFor(exchange, DONE)}\n\n`);
      },
    });
    const { call } = await connect(server.url);
    const begun = performance.now();
    expect(await call()).to.deep.equal(DONE);
    expect(performance.now() - begun).to.be.lessThan(200);
    const { request } = server.exchanges.find(({ message }) => message?.method === 'tools/call') as Exchange;
    await until(() => request.socket.destroyed);
  });

  for (const [what, head] of [
    ['too long a length', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"jsonrpc"'],
    ['too short a length', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{"jsonrpc":"2.0"}'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\n{"jsonrpc":"2.0"}'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`],
    ['the half of a stream', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: {"\r\n'],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'],
    ['nothing', ''],
  ] as const) {
    it(`fails one call when it answers with ${what} and hangs up`, async () => {
      let turn = 0;
      const server = await serve({
        'tools/call': (exchange) => {
          turn += 1;
          if (turn === 1) exchange.request.socket.end(head);
          else sendResult(exchange, DONE);
        },
      });
      const { call } = await connect(server.url);
      const error = (await call().catch((thrown: unknown) => thrown)) as PyraError;
      expect(error.code).to.equal('mcp/unreachable');
      expect(await call()).to.deep.equal(DONE);
    });
  }

  it('cannot put a session id in that is none', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
    for (const id of ['a b', 'ü', 'x'.repeat(1_025), 'a\tb']) {
      const raw = (exchange: Exchange): unknown => {
        const body = resultFor(exchange, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } });
        return exchange.request.socket.end(
          Buffer.from(`${head}Mcp-Session-Id: ${id}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1'),
        );
      };
      const server = await serve({ initialize: raw });
      const { client, connection } = await clientOf(server.url);
      const error = await client.connect(connection.transport).catch((thrown: unknown) => thrown);
      expect((error as Error).message, id.slice(0, 5)).to.include('Connection closed');
      expect(await connection.ended).to.deep.equal({ reason: 'gave a session id that is none', crash: true });
      await connection.close();
      expect(server.exchanges).to.have.length(1);
    }
  });

  it('cannot move a session to another one', async () => {
    const server = await serve(
      { 'tools/call': (exchange) => sendResult(exchange, DONE, { 'mcp-session-id': 'of-somebody-else' }) },
      { session: 'own' },
    );
    const { call } = await connect(server.url);
    await call();
    await call();
    expect(server.exchanges.slice(1).map(({ headers }) => headers['mcp-session-id'])).to.deep.equal(['own', 'own', 'own']);
  });

  it('cannot make Pyra send ids that are no header, nor take a stream up because of them', async () => {
    const { error, server } = await calling((exchange) => {
      startStream(exchange);
      exchange.response.end(`id: ${'x'.repeat(100_000)}\ndata: {}\n\n`);
    });
    expect(error.message).to.include('broke off before its answer');
    expect(gets(server)).to.equal(0);
  });

  it('cannot make Pyra ask for a stream as fast as it likes', async () => {
    const storm = (exchange: Exchange): unknown => {
      startStream(exchange);
      return exchange.response.end('retry: 0\nid: 1\n\n');
    };
    const server = await serve({ GET: storm, 'tools/call': storm }, { listChanged: true, session: 's' });
    const { call } = await connect(server.url, { times: { retryMs: 5 } });
    await until(() => gets(server) === 6);
    await pause(400);
    expect(gets(server), 'it stops by itself').to.equal(6);
    const error = (await call().catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).to.include('broke off before its answer, again and again');
    expect(gets(server)).to.be.within(8, 14);
  });

  it('cannot make Pyra wait for ever before it takes an answer up', async () => {
    const server = await serve({
      'tools/call': (exchange) => {
        startStream(exchange);
        exchange.response.end('retry: 99999999\nid: 1\n\n');
      },
    });
    const { call, connection } = await connect(server.url);
    const stopped = await call(AbortSignal.timeout(100)).catch(() => 'stopped');
    expect(stopped).to.equal('stopped');
    await connection.close();
  });

  it('is asked for its stream again when it breaks off, and the tools count as changed when something may have been missed', async () => {
    let open: Exchange | undefined;
    const listen = (exchange: Exchange): void => {
      open = exchange;
      startStream(exchange);
    };
    const server = await serve({ GET: listen }, { listChanged: true });
    const { connection } = await connect(server.url);
    const messages: string[] = [];
    const deliver = connection.transport.onmessage;
    connection.transport.onmessage = (message) => {
      if ('method' in message) messages.push(message.method);
      deliver?.(message);
    };
    await until(() => gets(server) === 1);
    open?.response.end();
    await until(() => gets(server) === 2 && messages.length === 1);
    expect(messages).to.deep.equal(['notifications/tools/list_changed']);
    open?.response.write('id: 7\ndata: {"jsonrpc":"2.0","method":"notifications/own"}\n\n');
    await until(() => messages.length === 2);
    open?.request.socket.destroy();
    await until(() => gets(server) === 3);
    await pause(30);
    expect(server.exchanges.at(-1)?.headers['last-event-id']).to.equal('7');
    expect(messages, 'nothing was missed').to.deep.equal(['notifications/tools/list_changed', 'notifications/own']);
  });

  it('has its tools count as changed when its stream could not be had at once', async () => {
    const late = (exchange: Exchange): unknown => (gets(server) === 1 ? exchange.response.writeHead(503).end() : startStream(exchange));
    const server = await serve({ GET: late }, { listChanged: true });
    const { connection } = await connect(server.url);
    const told = new Promise((resolve) => {
      connection.transport.onmessage = (message) => resolve('method' in message && message.method);
    });
    expect(await told).to.equal('notifications/tools/list_changed');
    expect(gets(server)).to.equal(2);
  });

  it('is asked for its stream again as often as it breaks off after it has stood for a while', async () => {
    const brief = (exchange: Exchange): void => {
      startStream(exchange);
      setTimeout(() => exchange.response.end(), 40);
    };
    const server = await serve({ GET: brief }, { listChanged: true });
    await connect(server.url, { times: { retryMs: 2, steadyMs: 20 } });
    await until(() => gets(server) === 10);
  });

  it('has all of its connections left before it is told of the end, however long it takes over that', async () => {
    let left: readonly boolean[] = [];
    const server = await serve(
      {
        GET: (exchange) => startStream(exchange),
        'tools/call': () => undefined,
        DELETE: async () => {
          await pause(80);
          left = server.exchanges
            .filter(({ message, method }) => method === 'GET' || message?.method === 'tools/call')
            .map(({ request }) => request.socket.destroyed);
        },
      },
      { listChanged: true, session: 's' },
    );
    const { call, connection } = await connect(server.url);
    const calling_ = call().catch((error: unknown) => error);
    await until(() => gets(server) === 1 && server.exchanges.some(({ message }) => message?.method === 'tools/call'));
    await connection.close();
    await calling_;
    expect(left).to.deep.equal([true, true]);
  });

  it('is asked for its stream again after it was gone, once it has answered a call', async () => {
    const first = await startHttpServer(mcpAnswers({ GET: (exchange) => startStream(exchange) }, { listChanged: true }));
    const { call, connection } = await connect(first.url, { times: { retryMs: 2 } });
    await until(() => gets(first) === 1);
    await first.close();
    await pause(200);
    const second = await serve({ GET: (exchange) => startStream(exchange) }, { listChanged: true }, first.port);
    await pause(150);
    expect(gets(second)).to.equal(0);
    await call();
    await until(() => gets(second) === 1);
    expect(await Promise.race([connection.ended, Promise.resolve('running')])).to.equal('running');
  });

  it('is over, and no crash, when its stream says that the session is forgotten', async () => {
    let known = true;
    const server = await serve(
      { GET: (exchange) => (known ? startStream(exchange) : exchange.response.writeHead(404).end()) },
      { listChanged: true, session: 's' },
    );
    const { connection } = await connect(server.url);
    await until(() => gets(server) === 1);
    known = false;
    server.cut();
    expect(await connection.ended).to.deep.equal({ reason: 'has ended its session', crash: false });
  });

  it('does not make anything escape when all goes at once, in the middle of everything', async () => {
    const server = await serve(
      {
        GET: (exchange) => startStream(exchange),
        'tools/call': (exchange) => {
          startStream(exchange);
          exchange.response.write('id: 1\ndata: {"jsonrpc":"2.0","id":"p","method":"ping"}\n\n');
        },
        POST: () => undefined,
        DELETE: ({ request }) => request.socket.destroy(),
      },
      { listChanged: true, session: 's' },
    );
    const { call, connection, client } = await connect(server.url);
    const calls = Array.from({ length: 5 }, () => call().catch((error: unknown) => error));
    await until(() => gets(server) === 1 && server.exchanges.filter(({ message }) => message?.method === 'tools/call').length === 5);
    server.cut();
    await pause(5);
    await connection.close();
    for (const error of await Promise.all(calls)) expect(error).to.be.instanceOf(Error);
    expect(await client.ping().catch(() => 'over')).to.equal('over');
    await until(() => server.connections() === 0);
  });

  it('does not keep a process alive that has done its work and ends nothing, with a stream of changes open', async () => {
    const server = await serve({ GET: (exchange) => startStream(exchange) }, { listChanged: true, session: 's' });
    const begun = performance.now();
    expect(await runNode('contact.js', [server.url, 'stay'])).to.deep.equal({ output: 'echo\n', code: 0 });
    expect(performance.now() - begun).to.be.lessThan(5_000);
    expect(gets(server)).to.equal(1);
  });
});
