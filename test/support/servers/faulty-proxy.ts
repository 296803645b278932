import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** What the proxy does in place of the server: an answer of its own, silence, or the end of the connection once so many bytes were passed on. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'silence' }
  | { readonly kind: 'cut'; readonly after: number };

/** A request as the proxy sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** An HTTP server in front of another one that fails where a test says so. */
export interface FaultyProxy {
  readonly url: string;
  /** What came in, the oldest first. */
  readonly seen: readonly SeenRequest[];
  stop(): Promise<void>;
}

/** Starts one in front of an http address; `fault` says for each request what goes wrong, `undefined` for nothing; `headers` are set in every answer that is passed on. */
export async function startFaultyProxy(
  target: string,
  fault: (request: SeenRequest) => Fault | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<FaultyProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const now = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers };
    seen.push(now);
    const wrong = fault(now);
    if (wrong?.kind === 'silence') return;
    if (wrong?.kind === 'answer') {
      incoming.resume();
      outgoing.writeHead(wrong.status, { 'Content-Type': 'text/html', ...wrong.headers }).end(wrong.body ?? '');
      return;
    }
    passOn({ target, headers }, incoming, outgoing, wrong?.after);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, seen, stop: () => stop(server) };
}

interface Behind {
  readonly target: string;
  /** Set in every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

function passOn({ target, headers }: Behind, incoming: IncomingMessage, outgoing: ServerResponse, cutAfter: number | undefined): void {
  const url = new URL(incoming.url ?? '/', target);
  const forward = request(url, { method: incoming.method, headers: { ...incoming.headers, host: url.host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...headers });
    let passed = 0;
    answer.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (cutAfter === undefined || passed <= cutAfter) outgoing.write(chunk);
      else outgoing.destroy();
    });
    answer.once('end', () => (cutAfter === undefined ? outgoing.end() : outgoing.destroy()));
  });
  forward.once('error', () => outgoing.destroy());
  incoming.pipe(forward);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was expected');
  return address.port;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
