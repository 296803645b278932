import { open } from 'node:fs/promises';
import type { JsonValue } from '../../core/domain/json.js';

const LF = 0x0a;
const CHUNK_BYTES = 256 * 1_024;

/** One line of a file. */
export interface FileLine {
  /** Without its line feed; decoded as UTF-8. */
  readonly text: string;
  /** Where it starts, in bytes from the start of the file. */
  readonly offset: number;
  /** Where the next one starts. */
  readonly end: number;
  /** Whether a line feed ends it: false only for the last one. */
  readonly terminated: boolean;
}

/** One value as a line of JSON with its line feed. JSON text holds no line feed of its own. */
export function jsonLine(value: JsonValue | object): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * The lines of a buffer, split at line feeds alone: U+2028, U+2029 and carriage returns are ordinary characters of JSON strings, at which
 * `readline` would split. `base` is the buffer's place in its file.
 */
export function* linesOf(bytes: Buffer, base = 0): Generator<FileLine> {
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(LF, start);
    const stop = feed < 0 ? bytes.length : feed;
    const end = feed < 0 ? stop : stop + 1;
    yield { text: bytes.toString('utf8', start, stop), offset: base + start, end: base + end, terminated: feed >= 0 };
    start = end;
  }
}

/** The lines of a file from byte `from` on, read piece by piece, so that a large file needs no more memory than its longest line. */
export async function* readLines(path: string, from = 0): AsyncGenerator<FileLine> {
  const file = await open(path, 'r');
  try {
    let pending: Buffer[] = [];
    let offset = from;
    let position = from;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const piece = chunk.subarray(0, bytesRead);
      pending.push(piece);
      const feed = piece.lastIndexOf(LF);
      if (feed < 0) continue;
      const whole = Buffer.concat([...pending.slice(0, -1), piece.subarray(0, feed + 1)]);
      pending = [piece.subarray(feed + 1)];
      yield* linesOf(whole, offset);
      offset += whole.length;
    }
    yield* linesOf(Buffer.concat(pending), offset);
  } finally {
    await file.close();
  }
}

/** Cuts a byte stream into lines at line feeds, for sockets and pipes. Throws a RangeError for a line longer than `maxBytes`. */
export class LineSplitter {
  readonly #maxBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next piece and gives the lines that it completes, without their line feeds. */
  push(piece: Uint8Array): readonly string[] {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let feed = bytes.indexOf(LF); feed >= 0; feed = bytes.indexOf(LF, start)) {
      this.#keep(bytes.subarray(start, feed));
      lines.push(Buffer.concat(this.#pending).toString('utf8'));
      this.#pending = [];
      this.#pendingBytes = 0;
      start = feed + 1;
    }
    if (start < bytes.length) this.#keep(Buffer.from(bytes.subarray(start)));
    return lines;
  }

  #keep(part: Buffer): void {
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > this.#maxBytes) throw new RangeError(`a line is longer than ${this.#maxBytes} bytes`);
    this.#pending.push(part);
  }
}
