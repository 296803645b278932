import type { Writable } from 'node:stream';
import yoctoSpinner, { type Spinner } from 'yocto-spinner';

/** Where a spinner may turn. */
export type SpinnerStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Shows that something is awaited, on a terminal alone; stop it before anything else is written. */
export class WaitSpinner {
  readonly #stream: SpinnerStream;
  readonly #colored: boolean;
  #spinner: Spinner | undefined;

  /** Without colours nothing turns: the spinner's package decides about its colour by itself. */
  constructor(stream: SpinnerStream, colored: boolean) {
    this.#stream = stream;
    this.#colored = colored;
  }

  start(text: string): void {
    if (!this.#colored || this.#spinner !== undefined || this.#stream.isTTY !== true || process.env.TERM === 'dumb' || 'CI' in process.env)
      return;
    this.#spinner = yoctoSpinner({ text, stream: this.#stream as Writable, handleSignals: false }).start();
  }

  stop(): void {
    this.#spinner?.stop();
    this.#spinner = undefined;
  }
}
