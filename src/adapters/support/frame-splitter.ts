const LF = 0x0a;
const CR = 0x0d;
const NOTHING = new Uint8Array(0);
const LEAST_BYTES = 1024;

/** Cuts a stream of bytes into frames at line feeds alone, as MCP's stdio transport has them; U+2028 and its kin are ordinary characters. */
export class FrameSplitter {
  readonly #maxBytes: number;
  /** What is there of a frame that goes on, with room for more: a list of pieces could take a hundred times their bytes. */
  #pending: Uint8Array = NOTHING;
  #pendingBytes = 0;

  /** `maxBytes` is the most that one frame may have, without its line feed. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next piece and gives the frames that it completes, empty lines left out. Throws a RangeError for a frame that is too long. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (let feed = bytes.indexOf(LF); feed >= 0; feed = bytes.indexOf(LF, start)) {
      const frame = this.#complete(bytes.subarray(start, feed));
      start = feed + 1;
      if (frame.length > 0 && !(frame.length === 1 && frame[0] === CR)) yield frame;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  #complete(last: Uint8Array): Uint8Array {
    if (this.#pendingBytes === 0) {
      if (last.length > this.#maxBytes) throw this.#tooLong();
      return last;
    }
    this.#keep(last);
    const frame = this.#pending.subarray(0, this.#pendingBytes);
    this.#pending = NOTHING;
    this.#pendingBytes = 0;
    return frame;
  }

  #keep(part: Uint8Array): void {
    const bytes = this.#pendingBytes + part.length;
    if (bytes > this.#maxBytes) throw this.#tooLong();
    if (bytes > this.#pending.length) {
      const larger = new Uint8Array(Math.max(bytes, Math.min(this.#maxBytes, this.#pending.length * 2), LEAST_BYTES));
      larger.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = larger;
    }
    this.#pending.set(part, this.#pendingBytes);
    this.#pendingBytes = bytes;
  }

  #tooLong(): RangeError {
    return new RangeError(`a frame is longer than ${this.#maxBytes} bytes`);
  }
}
