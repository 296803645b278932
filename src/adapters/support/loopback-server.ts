import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as a loopback server received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The port that it came from, which tells connections apart. */
  readonly fromPort: number;
}

/** A server on this machine, on a free port. */
export interface LoopbackServer {
  /** Such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** Ends it and every connection to it; idempotent. */
  close(): Promise<void>;
}

/** Starts a server that only this machine can reach; what `handle` throws is answered with 500. */
export async function startLoopbackServer(
  handle: (request: ReceivedRequest, response: ServerResponse) => Promise<void> | void,
): Promise<LoopbackServer> {
  const server = process.getBuiltinModule('node:http').createServer((incoming, response) => {
    response.on('error', () => undefined);
    void answer(incoming, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = incoming;
    const fromPort = incoming.socket.remotePort ?? 0;
    await handle({ method, path, headers, body: Buffer.concat(chunks).toString('utf8'), fromPort }, response);
  };
  await listening(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closed(server) };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
