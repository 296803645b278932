import { join } from 'node:path';
import type { McpAddress, McpValue } from '../../../src/core/domain/mcp-server.js';
import { freePorts, serverFolder, startServer, type TestServer } from '../servers/test-server.js';
import { PROJECT } from '../source-files.js';
import { FOREIGN } from './foreign-servers.js';

const ON_LOOPBACK = join(PROJECT, 'test/support/mcp-servers/listen-on-loopback.mjs');

/** A server of a stranger that runs on loopback and speaks streamable HTTP. */
export interface HttpMcpServer extends TestServer {
  readonly url: string;
}

/** How Pyra reaches such a server. */
export function addressOf(url: string, headers: Readonly<Record<string, McpValue>> = {}): McpAddress {
  return { kind: 'address', url, headers };
}

/** Starts a program of Node that listens somewhere and serves MCP at `/mcp`, on a port of loopback: a free one, unless told. */
export async function startHttpServer(path: string, args: readonly string[] = [], wanted?: number): Promise<HttpMcpServer> {
  const port = wanted ?? (await freePorts(1))[0] ?? 0;
  const server = await startServer({
    folder: serverFolder(),
    program: process.execPath,
    args: ['--import', ON_LOOPBACK, path, ...args],
    env: { PYRA_TEST_PORT: String(port) },
    healthy: port,
    asRoot: true,
  });
  return { ...server, url: `http://127.0.0.1:${port}/mcp` };
}

/** Starts the proxy of a stranger in front of a server that is a program; it asks for the key in the header `X-API-Key`. */
export async function startProxiedServer(command: readonly string[], apiKey: string): Promise<HttpMcpServer> {
  const [port = 0] = await freePorts(1);
  const server = await startServer({
    folder: serverFolder(),
    program: process.execPath,
    args: [FOREIGN.proxy, '--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--', ...command],
    // On its command line the key would be seen by every user of the machine.
    env: { MCP_PROXY_API_KEY: apiKey },
    healthy: port,
    asRoot: true,
  });
  return { ...server, url: `http://127.0.0.1:${port}/mcp` };
}
