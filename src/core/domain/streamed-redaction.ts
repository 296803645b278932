import type { Redactor } from './redaction.js';
import type { SecretRange } from './secret-range.js';

/** A word that can be one byte of a value written in hex with spaces. */
const HEX_PAIR = /^[0-9a-f]{2}$/i;

/**
 * Takes released values out of a text that comes in pieces. What could still grow into a value is held back: the word that is being
 * written, and as many words before it as a released value has spaces. While nothing was released, everything passes at once.
 */
export class StreamedRedaction {
  readonly #redactor: Redactor;
  #held = '';

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Takes a piece; gives what can be shown by now. */
  push(piece: string): string {
    const shape = this.#redactor.released;
    const text = this.#held + piece;
    if (shape === undefined) {
      this.#held = '';
      return text;
    }
    const longest = text.length - shape.longest;
    return this.#upTo(text, Math.max(longest, startOfLastWords(text, shape.spaces)));
  }

  /** Gives what was held back; the text is over. */
  end(): string {
    return this.#upTo(this.#held, this.#held.length);
  }

  /** The text before `cut`, redacted; a value that stands across the cut goes whole. */
  #upTo(text: string, cut: number): string {
    let to = cut;
    const ranges: SecretRange[] = [];
    for (const range of this.#redactor.findReleased(text)) {
      if (range.start >= to) break;
      ranges.push(range);
      to = Math.max(to, range.end);
    }
    this.#held = text.slice(to);
    let shown = '';
    let from = 0;
    for (const range of ranges) {
      shown += `${text.slice(from, range.start)}[redacted:${range.rule}]`;
      from = range.end;
    }
    return shown + text.slice(from, to);
  }
}

/** Where the last word begins, with `spaces` white-space characters more before it, and any bytes in hex before those. */
function startOfLastWords(text: string, spaces: number): number {
  let start = wordStart(text, text.length);
  for (let count = 0; count < spaces && start > 0; count++) start = wordStart(text, start - 1);
  while (start > 0) {
    const before = wordStart(text, start - 1);
    if (!HEX_PAIR.test(text.slice(before, start - 1))) break;
    start = before;
  }
  return start;
}

/** Where the word that ends at `end` begins. */
function wordStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) start--;
  return start;
}
