import { join } from 'node:path';
import { expect } from 'chai';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { AddressConnector } from '../../../../src/adapters/mcp/address-connection.js';
import { ClientSession } from '../../../../src/adapters/mcp/client-session.js';
import { ProgramLauncher } from '../../../../src/adapters/mcp/program-launcher.js';
import { SdkMcpHost } from '../../../../src/adapters/mcp/sdk-mcp-host.js';
import type { PyraError } from '../../../../src/core/domain/errors.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { OpenMcpServer } from '../../../../src/ports/mcp-host.js';
import { mcpServer } from '../../../support/mcp/opened-server.js';
import { SHORT_TIMES } from '../../../support/mcp-http/connected-client.js';
import { type ScriptedHttpServer, startHttpServer } from '../../../support/mcp-http/http-server.js';
import { type Answers, mcpAnswers, type OrdinaryServer, sendResult } from '../../../support/mcp-http/mcp-answers.js';
import { startSdkServer } from '../../../support/mcp-http/sdk-server.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const never = new AbortController().signal;

describe('the life of an MCP server over HTTP', () => {
  let folder: string;
  let token: string;
  let blocks: string[];
  let log: string[];
  let system: InMemorySystem;
  const cleanups: (() => Promise<unknown>)[] = [];

  const serve = async (own: Answers, ordinary: OrdinaryServer = {}, port?: number): Promise<ScriptedHttpServer> => {
    const server = await startHttpServer(mcpAnswers(own, ordinary), port === undefined ? {} : { port });
    cleanups.push(() => server.close());
    return server;
  };
  const open = (url: string): OpenMcpServer => {
    const host = new SdkMcpHost({
      launcher: new ProgramLauncher({ home: join(folder, 'home'), tier: 'plain' }),
      address: ({ name, reach: address }, desk) => new AddressConnector({ name, address, desk, environment: {}, times: SHORT_TIMES }),
      session: async () => (connection, parts) => new ClientSession(connection, parts),
      system,
      redact: (text) => text,
      log: { write: (_name, text) => log.push(text), flush: async () => undefined },
    });
    const desk = {
      secret: async () => new Secret(token),
      block: async (reason: string) => void blocks.push(reason),
    };
    const headers = { Authorization: { text: 'Bearer ', secret: 'web' as never } };
    const server = host.open(mcpServer({ kind: 'address', url, headers }, 'web'), desk);
    cleanups.push(() => server.close());
    return server;
  };
  const call = async (server: OpenMcpServer, tool = 'echo') => (await server.listing(never)).call(tool, {}, never, () => undefined);
  const fault = async (work: Promise<unknown>): Promise<PyraError> => (await work.catch((error: unknown) => error)) as PyraError;

  beforeEach(() => {
    folder = temporaryFolder();
    token = 'token-CANARY-0123456789';
    blocks = [];
    log = [];
    system = new InMemorySystem();
  });

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    removeFolder(folder);
    expect(log.join('\n')).not.to.include('CANARY');
  });

  it('begins a new session when the server has forgotten its own, however often, and says that nothing was done', async () => {
    const http = await startSdkServer({ sessions: true });
    cleanups.push(() => http.close());
    const server = open(http.url);
    for (let time = 0; time < 5; time += 1) {
      expect(await call(server)).to.deep.equal({ text: 'echo' });
      const listing = await server.listing(never);
      await http.forget();
      expect(await listing.call('echo', {}, never, () => undefined)).to.equal(undefined);
    }
    expect(await call(server)).to.deep.equal({ text: 'echo' });
    expect(blocks).to.deep.equal([]);
  });

  it('is never blocked by a network that is gone, before the first contact or between calls', async () => {
    const first = await startHttpServer(mcpAnswers({}, { session: 's' }));
    const server = open(first.url);
    expect(await call(server)).to.deep.equal({ text: 'done' });
    await first.close();
    const other = open(first.url);
    for (let time = 0; time < 5; time += 1) {
      expect((await call(server))?.outcome).to.equal('failed');
      expect(await fault(other.listing(never))).to.include({ code: 'mcp/unreachable', retryable: true });
    }
    await serve({}, { session: 's' }, first.port);
    for (const one of [server, other]) expect(await call(one)).to.deep.equal({ text: 'done' });
    expect(blocks).to.deep.equal([]);
  });

  it('asks the vault again when its credentials are refused, and is not blocked for it', async () => {
    const http = await startHttpServer((exchange) => {
      if (exchange.headers.authorization === 'Bearer new-token') return mcpAnswers({}, { session: 's' })(exchange);
      return exchange.response.writeHead(401).end(`you sent ${exchange.headers.authorization}`);
    });
    cleanups.push(() => http.close());
    const server = open(http.url);
    for (let time = 0; time < 4; time += 1) expect((await fault(server.listing(never))).code).to.equal('mcp/auth');
    token = 'new-token';
    expect(await call(server)).to.deep.equal({ text: 'done' });
    expect(blocks).to.deep.equal([]);
  });

  it('gives the tools anew when they may have changed', async () => {
    const http = await startSdkServer({ sessions: true });
    cleanups.push(() => http.close());
    const server = open(http.url);
    const before = await server.listing(never);
    for (let tries = 0; tries < 100 && !http.exchanges.some(({ method }) => method === 'GET'); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    http.addTool('new');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await before.call('echo', {}, never, () => undefined)).to.equal(undefined);
    expect((await server.listing(never)).tools.map(({ name }) => name)).to.include('new');
  });

  it('is blocked after three breaches of the protocol within a minute', async () => {
    const http = await serve({
      'tools/call': ({ response }) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 20_000_000 }).write('{'),
    });
    const server = open(http.url);
    for (let time = 0; time < 3; time += 1) expect((await call(server))?.text).to.include('sent a message of more than 10 MB');
    expect(blocks).to.have.length(1);
    expect(await fault(server.listing(never))).to.include({ code: 'mcp/unreachable', hint: 'pyra mcp set web' });
  });

  it('does not show a secret that a server says back, in a result of a refusal or in the log', async () => {
    const http = await serve({
      'tools/call': (exchange) => exchange.response.writeHead(500).end(JSON.stringify({ error: `for ${exchange.headers.authorization}` })),
      'tools/list': (exchange) => sendResult(exchange, { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
    });
    const output = await call(open(http.url));
    expect(output?.outcome).to.equal('failed');
    expect(output?.text).to.include('says 500: for Bearer [key]').and.not.include('CANARY');
  });

  it('lets a call be given up at any time, and a first contact too', async () => {
    const http = await serve({ 'tools/call': () => undefined });
    const server = open(http.url);
    const listing = await server.listing(never);
    const enough = new Error('enough');
    const stop = new AbortController();
    setTimeout(() => stop.abort(enough), 30);
    expect(await listing.call('echo', {}, stop.signal, () => undefined).catch((error: unknown) => error)).to.equal(enough);
    const deaf = await serve({ initialize: () => undefined });
    const other = new AbortController();
    setTimeout(() => other.abort(enough), 30);
    expect(
      await open(deaf.url)
        .listing(other.signal)
        .catch((error: unknown) => error),
    ).to.equal(enough);
  });
});
