import type { WriteStream } from 'node:tty';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';

/** Shows that something is awaited, on a terminal alone; stop it before anything else is written. */
export class WaitSpinner {
  readonly #stream: WriteStream;
  #spinner: Spinner | undefined;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  start(text: string): void {
    if (this.#spinner !== undefined || this.#stream.isTTY !== true || process.env.TERM === 'dumb' || 'CI' in process.env) return;
    this.#spinner = yoctoSpinner({ text, stream: this.#stream, handleSignals: false }).start();
  }

  stop(): void {
    this.#spinner?.stop();
    this.#spinner = undefined;
  }
}
