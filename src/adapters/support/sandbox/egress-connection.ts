import { connect, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { controlFrame, FRAME, frameHeader, WINDOW_BYTES, windowFrame } from './mux-frame.js';
import type { ReadBuffers } from './read-buffers.js';

/** An address that was looked up and checked. */
export interface CheckedAddress {
  readonly address: string;
  readonly family: number;
}

/** The child's end of a connection. */
export interface ChildEndpoint {
  readonly id: number;
  /** Sends the parts of one frame; `sent` is called when they have left. */
  send(parts: readonly Buffer[], sent?: () => void): void;
  /** Where buffers to read into come from. */
  readonly buffers: ReadBuffers;
  /** Whether the channel is full: nothing more is read before it is not. */
  full(): boolean;
  /** Whether this process stays alive for the child. */
  held(): boolean;
  /** The connection is over. */
  closed(): void;
}

/** How long finding and reaching a host may take, in milliseconds. */
const CONNECT_MS = 20_000;
const KEEP_ALIVE_MS = 60_000;
const GRANT_BYTES = WINDOW_BYTES / 4;

/** One connection that the broker made for a child, relayed in both directions, each with a window. */
export class EgressConnection {
  readonly #child: ChildEndpoint;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | undefined;
  /** How many bytes the child has room for. */
  #room = WINDOW_BYTES;
  /** How many bytes the child may still send. */
  #allowed = WINDOW_BYTES;
  #used = 0;
  #over = false;
  sent = 0;
  received = 0;

  constructor(child: ChildEndpoint) {
    this.#child = child;
    this.#timer = setTimeout(() => this.fail('ETIMEDOUT', 'no connection within 20 seconds'), CONNECT_MS);
    this.#timer.unref();
  }

  /** Connects to one of these addresses and to no other. */
  connect(addresses: readonly CheckedAddress[], port: number): void {
    if (this.#over) return;
    // The name was resolved and checked; a second look-up could have another answer.
    const lookup: LookupFunction = (_name, options, done) => {
      if (options.all) done(null, [...addresses]);
      else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
    };
    const { buffers } = this.#child;
    const onread: OnReadOpts = {
      buffer: () => buffers.take(),
      callback: (bytes, buffer) => {
        this.#received(buffer as Buffer, bytes);
        return true;
      },
    };
    const socket = connect({ host: 'checked', port, lookup, allowHalfOpen: true, noDelay: true, onread });
    this.#socket = socket;
    this.hold(this.#child.held());
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.once('connect', () => {
      clearTimeout(this.#timer);
      this.#child.send([controlFrame(FRAME.open, this.#child.id, `${socket.remoteAddress} ${socket.remotePort}`)]);
    });
    socket.once('end', () => this.#child.send([controlFrame(FRAME.end, this.#child.id)]));
    socket.once('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? 'ECONNRESET', wordsOf(error)));
    socket.once('close', () => this.#end(controlFrame(FRAME.reset, this.#child.id)));
  }

  /** Takes bytes of the child. Throws a `RangeError` when it sends more than it was given room for, or before it was connected. */
  write(part: Buffer): void {
    if (this.#over) return;
    this.#allowed -= part.byteLength;
    const socket = this.#socket;
    if (this.#allowed < 0 || socket === undefined || socket.connecting) throw new RangeError('data that there was no room for');
    this.sent += part.byteLength;
    socket.write(part, () => {
      this.#used += part.byteLength;
      if (this.#used < GRANT_BYTES || this.#over) return;
      this.#allowed += this.#used;
      this.#child.send([windowFrame(this.#child.id, this.#used)]);
      this.#used = 0;
    });
  }

  /** Whether this process stays alive for it. */
  hold(alive: boolean): void {
    if (alive) this.#socket?.ref();
    else this.#socket?.unref();
  }

  /** The child sends no more. */
  finish(): void {
    this.#socket?.end();
  }

  /** The child has room for so many bytes more. */
  grant(bytes: number): void {
    this.#room = Math.min(this.#room + bytes, WINDOW_BYTES);
    this.flow();
  }

  /** Reads on, or stops reading, as there is room. */
  flow(): void {
    if (this.#room > 0 && !this.#child.full()) this.#socket?.resume();
    else this.#socket?.pause();
  }

  /** Ends it with words for the child. */
  fail(code: string, words: string): void {
    this.#end(controlFrame(FRAME.reset, this.#child.id, `${code} ${words}`));
  }

  /** Ends it without a word: the child is not interested any more, or is gone. */
  drop(): void {
    this.#end(undefined);
  }

  #received(buffer: Buffer, bytes: number): void {
    if (this.#over) return;
    this.received += bytes;
    this.#room -= bytes;
    const { id, buffers } = this.#child;
    this.#child.send([frameHeader(FRAME.data, id, bytes), buffer.subarray(0, bytes)], () => buffers.release(buffer));
    this.flow();
  }

  #end(frame: Buffer | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    if (frame !== undefined) this.#child.send([frame]);
    this.#socket?.destroy();
    this.#child.closed();
  }
}

/** Several addresses that were all refused make an error without words. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : error;
  return (first ?? error).message;
}
