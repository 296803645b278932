import { createServer, type Server, type Socket } from 'node:net';
import type { ChildMux, MuxStream } from '../support/sandbox/child-mux.js';
import { type ProxyRequest, proxyRequest } from './proxy-head.js';

/** Makes the connections. */
export type ProxyMux = Pick<ChildMux, 'open'>;

const MAX_CONNECTIONS = 64;
const HEAD_MS = 10_000;

/**
 * An HTTP proxy that can do nothing but ask the broker for connections: `CONNECT`, and requests for `http` addresses. What the broker refuses is
 * answered with 403 and its words, what cannot be reached with 502.
 */
export function proxyServer(mux: ProxyMux): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => new ProxyClient(socket, mux));
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/** One connection of a client: the head of its request, then bytes in both directions. */
class ProxyClient {
  readonly #socket: Socket;
  readonly #mux: ProxyMux;
  #head: Buffer = Buffer.alloc(0);
  #stream: MuxStream | undefined;
  #opened = false;
  #ended = false;

  constructor(socket: Socket, mux: ProxyMux) {
    this.#socket = socket;
    this.#mux = mux;
    const timer = setTimeout(() => this.#answer(408, 'no request within 10 seconds'), HEAD_MS);
    const onData = (chunk: Buffer): void => {
      this.#head = Buffer.concat([this.#head, chunk]);
      const request = proxyRequest(this.#head);
      if (request === undefined) return;
      clearTimeout(timer);
      socket.off('data', onData);
      socket.pause();
      if (typeof request === 'string') this.#answer(400, request);
      else this.#open(request);
    };
    socket.on('data', onData);
    socket.on('error', () => socket.destroy());
    socket.once('end', () => {
      this.#ended = true;
      if (this.#stream === undefined) socket.destroy();
      else if (this.#opened) this.#stream.finish();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.#stream?.destroy();
    });
  }

  #open({ host, port, tunnel, first }: ProxyRequest): void {
    const socket = this.#socket;
    const stream = this.#mux.open(host, port, {
      opened: () => {
        this.#opened = true;
        if (tunnel) socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (first.byteLength === 0) this.#relay(stream);
        else stream.write(first, () => this.#relay(stream));
      },
      data: (part) => socket.write(part),
      end: () => void socket.end(),
      closed: (error) => {
        if (!this.#opened) this.#refuse(error);
        else if (error === undefined) socket.destroySoon();
        else socket.resetAndDestroy();
      },
    });
    this.#stream = stream;
    socket.on('drain', () => stream.more());
  }

  #relay(stream: MuxStream): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      socket.pause();
      stream.write(chunk, () => socket.resume());
    });
    if (this.#ended) stream.finish();
    socket.resume();
  }

  #refuse(error: Error | undefined): void {
    const { code, message = 'the connection is over' } = (error ?? {}) as NodeJS.ErrnoException;
    this.#answer(code === 'EACCES' ? 403 : code === 'ETIMEDOUT' ? 504 : 502, message);
  }

  #answer(status: number, words: string): void {
    const body = Buffer.from(`${words}\n`, 'utf8');
    const reason = REASONS[status] ?? 'Error';
    const head = [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${body.byteLength}`,
      'Connection: close',
    ];
    this.#socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]), () => this.#socket.destroySoon());
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  408: 'Request Timeout',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
};
