import { PyraError } from '../../core/domain/errors.js';

/** The end of one request: the person's abort, or its time. */
export class RequestDeadline {
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);
  readonly #ms: number;
  #timer: NodeJS.Timeout;
  #timedOut = false;

  constructor(outer: AbortSignal, ms: number) {
    this.#outer = outer;
    this.#ms = ms;
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort, { once: true });
    this.#timer = setTimeout(() => this.#expire(), ms);
  }

  /** Aborts when either end is reached. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Leaves at most this many milliseconds from now on. */
  shorten(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), Math.min(ms, this.#ms));
  }

  /** Throws the abort's reason, or `model/timeout`, once an end is reached. */
  check(who: string): void {
    this.#outer.throwIfAborted();
    if (!this.#timedOut) return;
    throw new PyraError('model/timeout', `${who} did not finish within ${this.#ms / 1000} s`, {
      hint: 'give it more time with --timeout SECONDS or ai.timeout_seconds',
    });
  }

  /** Frees timer and listener, and ends the request unless it is over. */
  dispose(over: boolean): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
    // An abort makes errors with stacks, and the first stack reads the source map of the bundle: a tenth of a second.
    if (!over) this.#controller.abort();
  }

  #expire(): void {
    this.#timedOut = true;
    this.#controller.abort();
  }
}
