import type { Key } from './key.js';
import type { KeyReader, TerminalConsole } from './terminal-console.js';

/** What came instead of, or as, a key. */
export type ArmedInput = { readonly kind: 'key'; readonly name: string } | { readonly kind: 'interrupt' | 'ended' | 'timeout' | 'aborted' };

/**
 * The keys of one question. It arms after a silence: whatever arrives before that is kept for the next edit line and answers nothing, and so is
 * everything that a person does not type as one key (a paste, several characters at once).
 */
export class ArmedKeys implements KeyReader {
  readonly #console: TerminalConsole;
  readonly #silenceMs: number;
  readonly #release: () => void;
  #armed = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #waiting: ((input: ArmedInput) => void) | undefined;
  #over: ArmedInput | undefined;

  constructor(console: TerminalConsole, silenceMs: number) {
    this.#console = console;
    this.#silenceMs = silenceMs;
    this.#release = console.read(this);
    this.#silence();
  }

  /** The next key; once the question is over (closed input, Ctrl-C, time, abort) always that. */
  next(): Promise<ArmedInput> {
    if (this.#over !== undefined) return Promise.resolve(this.#over);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Ends the question from outside. */
  end(kind: 'timeout' | 'aborted'): void {
    this.#finish({ kind });
  }

  close(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#release();
  }

  key(key: Key): void {
    if (key.kind === 'press' && key.name === 'ctrl-c') {
      this.#finish({ kind: 'interrupt' });
      return;
    }
    const name = key.kind === 'press' ? key.name : key.kind === 'text' && [...key.text].length === 1 ? key.text : undefined;
    const waiting = this.#waiting;
    if (this.#armed && name !== undefined && waiting !== undefined) {
      this.#waiting = undefined;
      waiting({ kind: 'key', name });
      return;
    }
    this.#console.typeAhead.add(key);
    if (name === undefined || !this.#armed) this.#silence();
  }

  ended(): void {
    this.#finish({ kind: 'ended' });
  }

  #finish(input: ArmedInput): void {
    this.#over ??= input;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(this.#over);
  }

  #silence(): void {
    this.#armed = false;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = setTimeout(() => {
      // After a busy spell the timer runs before the input that came meanwhile; that input is read between here and there.
      this.#immediate = setImmediate(() => {
        this.#armed = true;
      });
    }, this.#silenceMs);
  }
}
