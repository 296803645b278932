const FIRST_BYTES = 1024;

/**
 * Bytes that come in pieces, in one place that grows: kept by themselves, pieces of one byte would take hundreds of times as much memory, and
 * whoever sends them chooses how long they are.
 */
export class GrowingBytes {
  #place: Buffer = Buffer.alloc(0);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#place.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#place.length, FIRST_BYTES));
      this.#place.copy(larger, 0, 0, this.#length);
      this.#place = larger;
    }
    this.#place.set(piece, this.#length);
    this.#length = length;
  }

  /** Gives all of them, and has none then. */
  take(): Buffer {
    const bytes = this.#place.subarray(0, this.#length);
    this.#place = Buffer.alloc(0);
    this.#length = 0;
    return bytes;
  }
}
