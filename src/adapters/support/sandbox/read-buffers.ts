import { MAX_DATA_BYTES } from './mux-frame.js';

const MAX_FREE = 16;

/**
 * Buffers to read into that are used again when what was read has left: fresh ones for every read make the collection of garbage the
 * greatest part of what a relay costs.
 */
export class ReadBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer that nobody uses; as long as the data of one frame. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(MAX_DATA_BYTES);
  }

  /** Gives back a buffer of {@link take} that nobody looks at any more. */
  release(buffer: Buffer): void {
    if (this.#free.length < MAX_FREE) this.#free.push(buffer);
  }
}
