const BASE = 0x01000193;
const SECOND_BASE = 0x5bd1e995;

interface Needle {
  readonly length: number;
  /** The hash of the last `window` code units. */
  readonly tail: number;
  readonly first: number;
  readonly second: number;
  readonly mark: boolean;
}

/** Where a needle was found; `mark` is what it was added with. */
export interface NeedleHit {
  readonly start: number;
  readonly end: number;
  readonly mark: boolean;
}

function hash(text: string, start: number, end: number, base: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = (Math.imul(value, base) + text.charCodeAt(index) + 1) | 0;
  return value;
}

/**
 * Finds any of many texts in one pass (Rabin and Karp) while it keeps nothing but 64-bit hashes of them, so that the texts themselves are
 * not held in memory.
 */
export class HashedNeedles {
  readonly #window: number;
  readonly #power: number;
  readonly #needles = new Map<number, Needle[]>();
  readonly #maybe = new Uint8Array(65_536);

  /** `window`: how many code units of a needle the pass looks at first; no needle may be shorter. */
  constructor(window: number) {
    this.#window = window;
    let power = 1;
    for (let index = 1; index < window; index++) power = Math.imul(power, BASE);
    this.#power = power;
  }

  get empty(): boolean {
    return this.#needles.size === 0;
  }

  /** Adds a text of at least `window` code units; adding it again changes nothing. */
  add(text: string, mark: boolean): void {
    const head = hash(text, 0, this.#window, BASE);
    const needle: Needle = {
      length: text.length,
      tail: hash(text, text.length - this.#window, text.length, BASE),
      first: hash(text, 0, text.length, BASE),
      second: hash(text, 0, text.length, SECOND_BASE),
      mark,
    };
    const same = this.#needles.get(head) ?? [];
    if (same.some((other) => other.length === needle.length && other.first === needle.first && other.second === needle.second)) return;
    same.push(needle);
    same.sort((a, b) => b.length - a.length);
    this.#needles.set(head, same);
    this.#maybe[(head ^ (head >>> 16)) & 0xffff] = 1;
  }

  /** Every place where a needle stands, in order of their starts; of several at one place the longest. */
  find(text: string): readonly NeedleHit[] {
    const window = this.#window;
    const hits: NeedleHit[] = [];
    if (this.empty || text.length < window) return hits;
    let value = hash(text, 0, window, BASE);
    for (let start = 0; ; start++) {
      if (this.#maybe[(value ^ (value >>> 16)) & 0xffff] === 1) {
        const hit = this.#at(text, start, value);
        if (hit !== undefined) hits.push(hit);
      }
      const next = start + window;
      if (next >= text.length) return hits;
      value = (Math.imul(value - Math.imul(text.charCodeAt(start) + 1, this.#power), BASE) + text.charCodeAt(next) + 1) | 0;
    }
  }

  #at(text: string, start: number, head: number): NeedleHit | undefined {
    for (const needle of this.#needles.get(head) ?? []) {
      const end = start + needle.length;
      // The tail first: a text that repeats a needle's beginning must not cost its whole length at each place.
      if (end > text.length || hash(text, end - this.#window, end, BASE) !== needle.tail) continue;
      if (hash(text, start, end, BASE) === needle.first && hash(text, start, end, SECOND_BASE) === needle.second) {
        return { start, end, mark: needle.mark };
      }
    }
    return undefined;
  }
}
