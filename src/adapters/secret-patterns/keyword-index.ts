/** Calls back for each place of a keyword. */
export type KeywordVisitor = (keyword: number, offset: number) => void;

const OTHER = 63;
const CODES = new Uint8Array(128).fill(OTHER);
for (const [index, character] of [...'abcdefghijklmnopqrstuvwxyz0123456789_-.~=<:'].entries()) CODES[character.charCodeAt(0)] = index;

/** Finds any of many keywords in one pass over a text, by the first three characters of each. */
export class KeywordIndex {
  readonly #keywords: readonly string[];
  readonly #first = new Map<number, number[]>();
  readonly #maybe = new Uint8Array(1 << 18);

  /** `keywords`: lower case, two characters or more. */
  constructor(keywords: readonly string[]) {
    this.#keywords = keywords;
    for (const [index, keyword] of keywords.entries()) {
      const [a = OTHER, b = OTHER, c] = [...keyword.slice(0, 3)].map((character) => CODES[character.charCodeAt(0)] ?? OTHER);
      for (const third of c === undefined ? Array.from({ length: 64 }, (_, code) => code) : [c]) {
        const key = (a << 12) | (b << 6) | third;
        this.#maybe[key] = 1;
        this.#first.set(key, [...(this.#first.get(key) ?? []), index]);
      }
    }
  }

  /** Goes through a lower-case text once, in order. */
  visit(text: string, visitor: KeywordVisitor): void {
    let key = 0;
    // One step past the end, so that a keyword of two characters at the very end is seen.
    for (let index = 0; index <= text.length; index++) {
      const code = index < text.length ? text.charCodeAt(index) : 0;
      key = ((key << 6) | (code < 128 ? (CODES[code] as number) : OTHER)) & 0x3ffff;
      if (this.#maybe[key] === 0 || index < 2) continue;
      for (const keyword of this.#first.get(key) as readonly number[]) {
        if (text.startsWith(this.#keywords[keyword] as string, index - 2)) visitor(keyword, index - 2);
      }
    }
  }
}
