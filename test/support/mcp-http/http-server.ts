import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One request as the server got it, and how it is answered. */
export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The JSON of the body, if it is some. */
  readonly message: Readonly<Record<string, unknown>> | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A server on this machine that a test scripts, with all that it received. */
export interface ScriptedHttpServer {
  /** Where MCP is spoken. */
  readonly url: string;
  readonly port: number;
  readonly exchanges: readonly Exchange[];
  /** How many connections are open now. */
  connections(): number;
  /** Ends every connection, and takes new ones. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts one; with a key and a certificate (PEM) it speaks TLS. What `answer` throws ends the connection. */
export async function startHttpServer(
  answer: (exchange: Exchange) => unknown,
  options: { readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }; readonly port?: number } = {},
): Promise<ScriptedHttpServer> {
  const exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = [];
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const headers = request.headers as Record<string, string | undefined>;
      const exchange = { method: request.method ?? '', headers, body, message: parsed(body), request, response };
      exchanges.push(exchange);
      Promise.resolve()
        .then(() => answer(exchange))
        .catch(() => request.socket.destroy());
    });
  };
  const server: Server = options.tls === undefined ? createServer(take) : createSecureServer({ ...options.tls }, take);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/mcp`,
    port,
    exchanges,
    connections: () => sockets.size,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
