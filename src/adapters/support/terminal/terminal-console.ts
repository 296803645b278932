import type { Key } from './key.js';
import { KeyDecoder } from './key-decoder.js';
import type { TerminalStreams } from './terminal-streams.js';
import { TypeAhead } from './type-ahead.js';

/** Whoever reads keys now. */
export interface KeyReader {
  key(key: Key): void;
  /** All keys that arrived together were given. */
  settled?(): void;
  /** The input is closed: no key will come any more. */
  ended(): void;
  /** The terminal has another size. */
  resized?(): void;
  /** The process was stopped and goes on; what stands on the screen now is not its own. */
  resumed?(): void;
}

/** How long a lone escape character waits for the rest of its sequence. */
const ESCAPE_WAIT_MS = 50;
/** How long an unfinished paste waits for more. */
const PASTE_WAIT_MS = 1_000;
const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';

/**
 * The one owner of a terminal: puts it into raw mode while it is held, and gives each key to the reader that came last. What is typed while
 * nobody reads is kept for the next edit line and never does anything. Nothing here moves the cursor.
 */
export class TerminalConsole {
  readonly typeAhead = new TypeAhead();
  readonly #streams: TerminalStreams;
  readonly #readers: KeyReader[] = [];
  readonly #lendListeners = new Set<() => void>();
  readonly #interrupt: () => void;
  #decoder = new KeyDecoder();
  #holders = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  /** `interrupt` is called for a Ctrl-C that no reader takes; by default the process gets a SIGINT. */
  constructor(streams: TerminalStreams, interrupt: () => void = () => void process.kill(process.pid, 'SIGINT')) {
    this.#streams = streams;
    this.#interrupt = interrupt;
  }

  /** Whether the input has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  get columns(): number {
    return this.#streams.output.columns || 80;
  }

  get rows(): number {
    return this.#streams.output.rows || 24;
  }

  write(text: string): void {
    this.#streams.output.write(text);
  }

  /** Holds the terminal in raw mode until the function that it gives is called; holds may overlap. */
  hold(): () => void {
    this.#holders += 1;
    if (this.#holders === 1) this.#start();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#stop();
    };
  }

  /** Gives all keys to a reader until the function that it gives is called, or a later reader comes. A closed input ends it at once. */
  read(reader: KeyReader): () => void {
    this.#readers.push(reader);
    if (this.#closed) queueMicrotask(() => this.#readers.includes(reader) && reader.ended());
    return () => {
      const at = this.#readers.lastIndexOf(reader);
      if (at >= 0) this.#readers.splice(at, 1);
    };
  }

  /** Calls a listener whenever the terminal is lent, so that what is being drawn can stop; gives the function that ends this. */
  onLend(listener: () => void): () => void {
    this.#lendListeners.add(listener);
    return () => void this.#lendListeners.delete(listener);
  }

  /** Gives the terminal to something else (an editor, a hidden prompt) as it was before, and takes it back afterwards. */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    for (const listener of this.#lendListeners) listener();
    const held = this.#holders > 0;
    if (held) this.#stop();
    // Whoever reads the terminal now must be waited for.
    this.#streams.input.ref?.();
    try {
      return await use();
    } finally {
      if (held && this.#holders > 0) this.#start();
      else this.#streams.input.unref?.();
    }
  }

  /** A Ctrl-C as if it had been typed with no reader there. */
  interrupt(): void {
    this.#interrupt();
  }

  #start(): void {
    const { input, output } = this.#streams;
    this.#decoder = new KeyDecoder();
    input.setRawMode?.(true);
    input.on('data', this.#onData);
    input.on('end', this.#onEnd);
    input.on('close', this.#onEnd);
    input.on('error', this.#onEnd);
    input.ref?.();
    input.resume();
    output.on('resize', this.#onResize);
    if (output.isTTY === true) output.write(PASTE_ON);
    process.on('exit', this.#onExit);
  }

  #stop(): void {
    const { input, output } = this.#streams;
    clearTimeout(this.#timer);
    process.off('exit', this.#onExit);
    if (output.isTTY === true) output.write(PASTE_OFF);
    output.off('resize', this.#onResize);
    input.off('data', this.#onData);
    input.off('end', this.#onEnd);
    input.off('close', this.#onEnd);
    input.pause();
    // A hung-up terminal may still report its error after this.
    try {
      input.setRawMode?.(false);
    } catch {
      this.#closed = true;
    }
    input.unref?.();
  }

  readonly #onExit = (): void => {
    if (this.#streams.output.isTTY === true) this.#streams.output.write(PASTE_OFF);
  };

  readonly #onData = (bytes: Uint8Array): void => {
    clearTimeout(this.#timer);
    this.#give(this.#decoder.push(bytes));
    if (!this.#decoder.pending) return;
    this.#timer = setTimeout(() => this.#give(this.#decoder.flush()), this.#decoder.inPaste ? PASTE_WAIT_MS : ESCAPE_WAIT_MS);
  };

  readonly #onEnd = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    for (const reader of this.#readers.toReversed()) reader.ended();
  };

  readonly #onResize = (): void => {
    this.#readers.at(-1)?.resized?.();
  };

  #give(keys: readonly Key[]): void {
    for (const key of keys) {
      const reader = this.#readers.at(-1);
      if (key.kind === 'press' && key.name === 'ctrl-z') this.#suspend();
      else if (reader !== undefined) reader.key(key);
      else if (key.kind === 'press' && key.name === 'ctrl-c') this.#interrupt();
      else this.typeAhead.add(key);
    }
    this.#readers.at(-1)?.settled?.();
  }

  #suspend(): void {
    if (process.platform === 'win32') return;
    this.#stop();
    // Nothing else keeps the process alive between the signal and its sleep.
    const alive = setInterval(() => {}, 1_000);
    process.once('SIGCONT', () => {
      clearInterval(alive);
      if (this.#holders > 0) this.#start();
      this.#readers.at(-1)?.resumed?.();
    });
    process.kill(0, 'SIGTSTP');
  }
}
