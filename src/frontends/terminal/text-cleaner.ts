type State = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape';

/** Invisible or reordering characters that a text does not need: soft hyphen, bidi controls, zero-width marks, tags, variation of nothing. */
const UNSEEN = /^[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e0fff}]$/u;

/**
 * Removes what a terminal would obey from a stream of foreign text: whole escape sequences (ECMA-48, OSC and their kind), control characters
 * other than `\n` and `\t`, bidi controls, zero-width and tag characters. The joiner U+200D stays, since emoji need it. How the text is cut
 * into chunks makes no difference.
 */
export class TextCleaner {
  #state: State = 'text';
  #surrogate = '';

  /** The clean characters of the next chunk, one code point each. */
  *push(chunk: string): Generator<string> {
    let text = this.#surrogate + chunk;
    this.#surrogate = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#surrogate = text.slice(-1);
      text = text.slice(0, -1);
    }
    for (const character of text) {
      const clean = this.#next(character);
      if (clean !== '') yield clean;
    }
  }

  #next(character: string): string {
    const code = character.codePointAt(0) ?? 0;
    if (this.#state !== 'text') return this.#inSequence(character, code);
    if (code >= 0x20 && code < 0x7f) return character;
    if (character === '\n' || character === '\t') return character;
    if (code === 0x1b) this.#state = 'escape';
    else if (code === 0x9b) this.#state = 'sequence';
    else if (isStringStart(code)) this.#state = 'string';
    if (code < 0xa0 || (code > 0xa0 && UNSEEN.test(character))) return '';
    return character;
  }

  /** A line break always ends a sequence, so that none can swallow the rest of an answer. */
  #inSequence(character: string, code: number): string {
    if (character === '\n') {
      this.#state = 'text';
      return character;
    }
    switch (this.#state) {
      case 'escape':
        if (character === '[') this.#state = 'sequence';
        else if (/[\]PX^_]/.test(character)) this.#state = 'string';
        else if (code < 0x20 || code > 0x2f) this.#state = 'text';
        return '';
      case 'sequence':
        if (code >= 0x40 && code <= 0x7e) this.#state = 'text';
        else if (code < 0x20 || code > 0x7e) {
          this.#state = 'text';
          return this.#next(character);
        }
        return '';
      case 'string':
        if (code === 0x07 || code === 0x9c) this.#state = 'text';
        else if (code === 0x1b) this.#state = 'string-escape';
        return '';
      default:
        this.#state = character === '\\' ? 'text' : 'string';
        return '';
    }
  }
}

/** DCS, SOS, OSC, PM and APC as single C1 characters. */
function isStringStart(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}

/** A whole text without what a terminal would obey. */
export function cleanText(text: string): string {
  return [...new TextCleaner().push(text)].join('');
}
