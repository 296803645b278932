import { GrowingBytes } from '../support/growing-bytes.js';

const LF = 0x0a;
const CR = 0x0d;
const LONGEST_ID = 1_024;

/** One event of a stream that carries messages. */
export interface ServerEvent {
  /** `message` when the server does not say. */
  readonly type: string;
  readonly data: string;
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2) out of the bytes of a stream, with a bound on what one event may hold, its lines without an end
 * included. An id that could not be sent back in a header, or is longer than a kilobyte, counts as none.
 */
export class EventReader {
  readonly #maxBytes: number;
  readonly #line = new GrowingBytes();
  #data: string[] = [];
  #dataBytes = 0;
  #type = '';
  #afterCr = false;
  #started = false;
  #lastId: string | undefined;
  #retryMs: number | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Where the stream can be taken up again; `undefined` when the server did not say, or said so last. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** How long the server wants to be left alone when the stream broke off, in milliseconds. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** Forgets an event that was not finished: the stream goes on in another answer. */
  restart(): void {
    this.#line.take();
    this.#afterCr = false;
    this.#started = false;
    this.#reset();
  }

  /** Takes the next piece and gives the events that it completes. Throws a RangeError for an event that is too long. */
  *push(bytes: Uint8Array): Generator<ServerEvent> {
    let start = 0;
    if (this.#afterCr && bytes.length > 0) {
      this.#afterCr = false;
      if (bytes[0] === LF) start = 1;
    }
    let cr = bytes.indexOf(CR, start);
    let lf = bytes.indexOf(LF, start);
    while (cr >= 0 || lf >= 0) {
      const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
      const event = this.#take(this.#complete(bytes.subarray(start, end)));
      start = end + 1;
      if (end === cr) {
        if (start === bytes.length) this.#afterCr = true;
        else if (bytes[start] === LF) start += 1;
        cr = bytes.indexOf(CR, start);
      }
      if (lf >= 0 && lf < start) lf = bytes.indexOf(LF, start);
      if (event !== undefined) yield event;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  #complete(last: Uint8Array): string {
    this.#bound(last);
    const isWhole = this.#line.length === 0;
    if (!isWhole) this.#line.add(last);
    const line = isWhole ? Buffer.from(last.buffer, last.byteOffset, last.length) : this.#line.take();
    const text = line.toString('utf8');
    if (this.#started) return text;
    this.#started = true;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  #keep(part: Uint8Array): void {
    this.#bound(part);
    this.#line.add(part);
  }

  #bound(part: Uint8Array): void {
    if (this.#line.length + part.length + this.#dataBytes > this.#maxBytes)
      throw new RangeError(`an event is longer than ${this.#maxBytes} bytes`);
  }

  #take(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (field) {
      case 'data':
        this.#data.push(value);
        // Each line costs something, even an empty one.
        this.#dataBytes += value.length + 16;
        return undefined;
      case 'event':
        this.#type = value.slice(0, 64);
        return undefined;
      case 'id':
        this.#lastId = value.length <= LONGEST_ID && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) ? value : undefined;
        return undefined;
      case 'retry':
        if (/^\d{1,9}$/.test(value)) this.#retryMs = Number(value);
        return undefined;
      default:
        return undefined;
    }
  }

  #dispatch(): ServerEvent | undefined {
    const event = this.#data.length === 0 ? undefined : { type: this.#type || 'message', data: this.#data.join('\n') };
    this.#reset();
    return event?.data === '' ? undefined : event;
  }

  #reset(): void {
    this.#data = [];
    this.#dataBytes = 0;
    this.#type = '';
  }
}
