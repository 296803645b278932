import { isIP, type Socket } from 'node:net';
import type { MuxListener, MuxStream } from '../support/sandbox/child-mux.js';

/** Makes a connection for a socket: {@link ChildMux.open}, or what refuses. */
export type OpensStreams = (host: string, port: number, listener: MuxListener) => MuxStream | undefined;

interface ConnectOptions {
  readonly host?: string;
  readonly port?: number | string | null;
  readonly path?: string | null;
}

/** What `node:net` does not describe of its sockets, and what its own and other libraries rely on. */
interface SocketInternals extends Socket {
  _peername: { readonly address: string; readonly port: number; readonly family: string } | null;
  _pendingData: unknown;
  _pendingEncoding: string;
  connecting: boolean;
  _unrefTimer(): void;
  _writeGeneric(many: boolean, data: unknown, encoding: BufferEncoding, done: (error?: Error | null) => void): void;
  _read(size: number): void;
  _final(done: (error?: Error | null) => void): void;
  _destroy(error: Error | null, done: (error?: Error | null) => void): void;
}

interface NetInternals {
  readonly Socket: { readonly prototype: SocketInternals };
  readonly _normalizeArgs: (args: readonly unknown[]) => readonly [ConnectOptions, (() => void) | null];
}

type Chunk = { readonly chunk: string | Uint8Array; readonly encoding: BufferEncoding };

const routed = new WeakMap<object, MuxStream>();

/** Whether a socket is one that was routed. */
export function isRouted(socket: object): boolean {
  return routed.has(socket);
}

/**
 * Gives every `net.Socket` that connects to a host and port a stream of the broker's in place of a handle. It stays a `net.Socket` in
 * everything else: time-outs, half-closed ends, events. Connections by path are left to Node, which refuses them.
 */
export function routeSockets(open: OpensStreams): void {
  const net = process.getBuiltinModule('node:net') as unknown as NetInternals;
  const { prototype } = net.Socket;
  const own = {
    connect: prototype.connect,
    read: prototype._read,
    write: prototype._writeGeneric,
    final: prototype._final,
    destroy: prototype._destroy,
    pending: Object.getOwnPropertyDescriptor(prototype, 'pending')?.get,
  };

  prototype.connect = function connect(this: SocketInternals, ...args: readonly unknown[]): SocketInternals {
    const [options, listener] = Array.isArray(args[0])
      ? (args[0] as unknown as ReturnType<NetInternals['_normalizeArgs']>)
      : net._normalizeArgs(args);
    const port = Number(options.port);
    if ((options.path ?? null) !== null || !(Number.isInteger(port) && port >= 0 && port <= 65_535) || options.port === null) {
      return Reflect.apply(own.connect, this, args) as SocketInternals;
    }
    if (listener !== null) this.once('connect', listener);
    this.connecting = true;
    this._unrefTimer();
    const stream = open(options.host || 'localhost', port, listenerOf(this));
    if (stream !== undefined) routed.set(this, stream);
    return this;
  } as typeof prototype.connect;

  prototype._read = function read(this: SocketInternals, size: number): void {
    const stream = routed.get(this);
    if (stream === undefined) Reflect.apply(own.read, this, [size]);
    else stream.more();
  };

  prototype._writeGeneric = function write(this: SocketInternals, many, data, encoding, done): void {
    const stream = routed.get(this);
    if (stream === undefined || this.connecting) {
      Reflect.apply(own.write, this, [many, data, encoding, done]);
      return;
    }
    this._pendingData = null;
    this._pendingEncoding = '';
    this._unrefTimer();
    const chunks = many ? (data as readonly Chunk[]) : [{ chunk: data as Chunk['chunk'], encoding }];
    const bytes = chunks.map(bytesOf);
    stream.write(bytes.length === 1 && bytes[0] !== undefined ? bytes[0] : Buffer.concat(bytes), done);
  };

  prototype._final = function final(this: SocketInternals, done): void {
    const stream = routed.get(this);
    if (stream === undefined || this.connecting) Reflect.apply(own.final, this, [done]);
    else {
      stream.finish();
      done();
    }
  };

  prototype._destroy = function destroy(this: SocketInternals, error, done): void {
    routed.get(this)?.destroy();
    Reflect.apply(own.destroy, this, [error, done]);
  };

  Object.defineProperty(prototype, 'pending', {
    configurable: true,
    get(this: SocketInternals): boolean {
      return routed.has(this) ? this.connecting : own.pending !== undefined && Reflect.apply(own.pending, this, []);
    },
  });
}

function listenerOf(socket: SocketInternals): MuxListener {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    socket.push(null);
    socket.read(0);
  };
  return {
    opened: (address, port) => {
      socket.connecting = false;
      socket._peername = { address, port, family: `IPv${isIP(address)}` };
      socket._unrefTimer();
      socket.emit('connect');
      socket.emit('ready');
    },
    data: (part) => {
      socket._unrefTimer();
      return socket.push(part);
    },
    end,
    closed: (error) => {
      // What was received and not read yet is still to be had.
      if (error === undefined) end();
      else socket.destroy(error);
    },
  };
}

function bytesOf({ chunk, encoding }: Chunk): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
