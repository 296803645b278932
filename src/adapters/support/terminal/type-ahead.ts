import { graphemeBefore } from './graphemes.js';
import type { Key } from './key.js';

/** What stands for a line break in text that was typed ahead: it submits nothing. */
export const LINE_BREAK_MARK = '⏎';

/** More is not kept. */
const MAX_KEPT = 2_000_000;

/** What the person typed while nothing asked for it: kept for the next edit line, unsent. */
export class TypeAhead {
  #text = '';

  /** Keeps a key: text as it is, a line break as a mark, other keys not at all. */
  add(key: Key): void {
    if (key.kind !== 'press') this.#text += key.text.replaceAll('\n', LINE_BREAK_MARK);
    else if (key.name === 'enter' || key.name === 'alt-enter') this.#text += LINE_BREAK_MARK;
    else if (key.name === 'tab') this.#text += ' ';
    else if (key.name === 'backspace') this.#text = this.#text.slice(0, graphemeBefore(this.#text, this.#text.length));
    else if (key.name === 'ctrl-u') this.#text = '';
    if (this.#text.length > MAX_KEPT) this.#text = this.#text.slice(0, MAX_KEPT);
  }

  /** Gives what was kept, and keeps nothing any more. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
