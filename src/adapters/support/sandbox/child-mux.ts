import type { Duplex } from 'node:stream';
import { controlFrame, FRAME, type FrameType, frameHeader, MAX_DATA_BYTES, WINDOW_BYTES, windowFrame } from './mux-frame.js';
import { MuxReader } from './mux-reader.js';

/** Whom a connection of the child tells what happens to it. */
export interface MuxListener {
  opened(address: string, port: number): void;
  /** Bytes came in; whether there is room for more. */
  data(part: Buffer): boolean;
  /** The other side sends no more. */
  end(): void;
  /** It is over; with the error when it failed. */
  closed(error: Error | undefined): void;
}

const GRANT_BYTES = WINDOW_BYTES / 4;

/** The child's end of the channel to the broker: makes connections over it. */
export class ChildMux {
  readonly #channel: Duplex & { ref(): unknown; unref(): unknown };
  readonly #streams = new Map<number, MuxStream>();
  #lastId = 0;

  constructor(channel: Duplex & { ref(): unknown; unref(): unknown }) {
    this.#channel = channel;
    const reader = new MuxReader({
      control: (type, id, payload) => this.#control(type, id, payload),
      data: (id, part) => this.#streams.get(id)?.receive(part),
    });
    channel.on('data', (chunk: Buffer) => reader.push(chunk));
    channel.on('error', () => undefined);
    channel.once('close', () => {
      for (const stream of [...this.#streams.values()]) stream.fail(failure('ECONNRESET', 'the broker is gone'));
    });
    channel.unref();
  }

  /** Asks for a connection; the listener is told what comes of it, never at once. */
  open(host: string, port: number, listener: MuxListener): MuxStream {
    this.#lastId += 1;
    const id = this.#lastId;
    const stream = new MuxStream(id, listener, {
      send: (parts, sent) => this.#send(parts, sent),
      closed: () => {
        this.#streams.delete(id);
        if (this.#streams.size === 0) this.#channel.unref();
      },
    });
    if (this.#streams.size === 0) this.#channel.ref();
    this.#streams.set(id, stream);
    this.#send([controlFrame(FRAME.open, id, `${host} ${port}`)]);
    return stream;
  }

  #control(type: FrameType, id: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (type === FRAME.window) stream?.grant(payload.readUInt32BE(0));
    else if (type === FRAME.end) stream?.ended();
    else if (type === FRAME.open) {
      const [address = '', port = '0'] = payload.toString('utf8').split(' ');
      stream?.opened(address, Number(port));
    } else if (type === FRAME.reset) {
      const [, code, words] = /^(\S+) (.*)$/s.exec(payload.toString('utf8')) ?? [];
      stream?.fail(code === undefined || words === undefined ? undefined : failure(code, words));
    }
  }

  #send(parts: readonly Buffer[], sent?: () => void): void {
    const channel = this.#channel;
    if (channel.destroyed) return;
    channel.cork();
    for (const [index, part] of parts.entries()) channel.write(part, index === parts.length - 1 ? sent : undefined);
    process.nextTick(() => channel.uncork());
  }
}

type WriteDone = (error?: Error) => void;

interface MuxChannel {
  readonly send: (parts: readonly Buffer[], sent?: () => void) => void;
  readonly closed: () => void;
}

/** One connection over the channel. */
export class MuxStream {
  readonly #id: number;
  readonly #listener: MuxListener;
  readonly #channel: MuxChannel;
  /** How many bytes the broker has room for. */
  #room = WINDOW_BYTES;
  #unread = 0;
  #waiting: { rest: Buffer; readonly done: WriteDone } | undefined;
  #over = false;

  constructor(id: number, listener: MuxListener, channel: MuxChannel) {
    this.#id = id;
    this.#listener = listener;
    this.#channel = channel;
  }

  /** Sends bytes; `done` is called when all of them left. One write at a time. */
  write(bytes: Buffer, done: WriteDone): void {
    if (this.#over) done(failure('EPIPE', 'the connection is over'));
    else {
      this.#waiting = { rest: bytes, done };
      this.#flush();
    }
  }

  /** Says that no more bytes come. */
  finish(): void {
    if (!this.#over) this.#channel.send([controlFrame(FRAME.end, this.#id)]);
  }

  /** The reader wants more. */
  more(): void {
    if (this.#over || this.#unread < GRANT_BYTES) return;
    this.#channel.send([windowFrame(this.#id, this.#unread)]);
    this.#unread = 0;
  }

  /** Ends it without a word to the listener. */
  destroy(): void {
    if (this.#over) return;
    this.#channel.send([controlFrame(FRAME.reset, this.#id)]);
    this.#close();
  }

  opened(address: string, port: number): void {
    this.#listener.opened(address, port);
  }

  receive(part: Buffer): void {
    this.#unread += part.byteLength;
    if (this.#listener.data(part)) this.more();
  }

  ended(): void {
    this.#listener.end();
  }

  grant(bytes: number): void {
    this.#room += bytes;
    this.#flush();
  }

  fail(error: Error | undefined): void {
    if (this.#over) return;
    this.#close();
    this.#listener.closed(error);
  }

  #flush(): void {
    const { rest, done } = this.#waiting ?? {};
    if (rest === undefined || done === undefined) return;
    let from = 0;
    while (from < rest.byteLength && this.#room > 0) {
      const part = rest.subarray(from, from + Math.min(MAX_DATA_BYTES, this.#room));
      from += part.byteLength;
      this.#room -= part.byteLength;
      const last = from === rest.byteLength;
      if (last) this.#waiting = undefined;
      this.#channel.send([frameHeader(FRAME.data, this.#id, part.byteLength), part], last ? done : undefined);
    }
    if (rest.byteLength === 0) {
      this.#waiting = undefined;
      done();
    } else if (from < rest.byteLength) this.#waiting = { rest: rest.subarray(from), done };
  }

  #close(): void {
    this.#over = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done(failure('ECANCELED', 'the connection is over'));
    this.#channel.closed();
  }
}

/** An error as Node's own sockets give it. */
export function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, syscall: 'connect' });
}
