import { type InlineLooks, type InlinePiece, inlinePieces, MAX_MARKUP } from './inline-text.js';
import type { Style, WordWrap } from './word-wrap.js';

interface Delimiter {
  readonly mark: string;
  length: number;
}

interface Run {
  readonly mark: string;
  length: number;
  readonly before: string;
}

const PUNCTUATION = /^[!-/:-@[-`{-~]$/;
const WORD = /^[\p{L}\p{N}]$/u;

/**
 * Shows the text of one block as it arrives. Text is held back only from an opening `*`, `_`, backtick or `[` until it closes or the line
 * ends, and then parsed by marked; this class decides how long to hold, never what the markup means.
 */
export class InlineStream {
  readonly #wrap: WordWrap;
  readonly #looks: InlineLooks;
  #style: Style | undefined;
  #held = '';
  #stack: Delimiter[] = [];
  #run: Run | undefined;
  #code = 0;
  #link: 'none' | 'text-closed' | 'target' = 'none';
  #parentheses = 0;
  #escaped = false;
  #bang = false;
  #previous = ' ';

  constructor(wrap: WordWrap, looks: InlineLooks) {
    this.#wrap = wrap;
    this.#looks = looks;
  }

  /** Starts a block; all its text gets `style`. */
  begin(style?: Style): void {
    this.#style = style;
    this.#previous = ' ';
  }

  /** The next character; never a line break. */
  push(character: string): void {
    if (this.#held !== '') {
      this.#holding(character);
      return;
    }
    if (this.#bang) {
      this.#bang = false;
      if (character === '[') {
        this.#held = '!';
        this.#holding(character);
        return;
      }
      this.#plain('!');
    }
    if (character === '!') this.#bang = true;
    else if (character === '\\') {
      this.#held = character;
      this.#escaped = true;
    } else if (character === '*' || character === '_' || character === '`' || character === '[') this.#holding(character);
    else this.#plain(character);
  }

  /** The end of a line: what was held is shown. True when the line ended with the backslash that breaks it. */
  endLine(): boolean {
    if (this.#bang) this.#plain('!');
    this.#bang = false;
    const broken = this.#escaped;
    if (broken) this.#held = this.#held.slice(0, -1);
    this.#release();
    this.#previous = ' ';
    return broken;
  }

  #plain(character: string): void {
    if (character === ' ' || character === '\t') this.#wrap.space();
    else this.#wrap.text(character, this.#style);
    this.#previous = character;
  }

  #holding(character: string): void {
    if (this.#escaped) {
      this.#escaped = false;
      this.#keep(character);
      if (!PUNCTUATION.test(character) || this.#over) this.#releaseIfOver();
      return;
    }
    if (this.#run !== undefined && character !== this.#run.mark) {
      this.#endRun(this.#run, character);
      this.#run = undefined;
      if (this.#over) {
        this.#release();
        this.push(character);
        return;
      }
    }
    if (this.#link === 'text-closed') {
      this.#link = character === '(' ? 'target' : 'none';
      if (this.#link === 'none' && this.#over) {
        this.#release();
        this.push(character);
        return;
      }
      this.#parentheses = 0;
    }
    this.#mark(character);
    this.#keep(character);
    if (character === ')' || character === ']') this.#releaseIfOver();
    else if (this.#held.length > MAX_MARKUP) this.#release();
  }

  #mark(character: string): void {
    if (character === '`' || (this.#code === 0 && this.#link === 'none' && (character === '*' || character === '_'))) {
      if (this.#run === undefined) this.#run = { mark: character, length: 1, before: this.#previous };
      else this.#run.length += 1;
    } else if (this.#code > 0) return;
    else if (character === '\\') this.#escaped = true;
    else if (this.#link === 'target') {
      if (character === '(') this.#parentheses += 1;
      else if (character === ')') this.#parentheses -= 1;
      if (this.#parentheses === 0) this.#link = 'none';
    } else if (character === '[') this.#stack.push({ mark: '[', length: 1 });
    else if (character === ']') {
      const open = this.#stack.findLastIndex(({ mark }) => mark === '[');
      if (open >= 0) {
        this.#stack.length = open;
        this.#link = 'text-closed';
      }
    }
  }

  #keep(character: string): void {
    this.#held += character;
    this.#previous = character;
  }

  get #over(): boolean {
    return this.#stack.length === 0 && this.#code === 0 && this.#link === 'none' && this.#run === undefined;
  }

  #releaseIfOver(): void {
    if (this.#over) this.#release();
  }

  /** A run of marks is known once the next character is: whether it opens, closes or is text (the flanking rules of CommonMark, in short). */
  #endRun(run: Run, next: string): void {
    if (run.mark === '`') {
      if (this.#code === 0) this.#code = run.length;
      else if (this.#code === run.length) this.#code = 0;
      return;
    }
    const within = run.mark === '_';
    const closes = !/\s/.test(run.before) && !(within && WORD.test(next));
    const opens = !/\s/.test(next) && !(within && WORD.test(run.before));
    let left = run.length;
    while (closes && left > 0) {
      const open = this.#stack.findLastIndex(({ mark }) => mark === run.mark);
      const delimiter = this.#stack[open];
      if (delimiter === undefined) break;
      const used = Math.min(left, delimiter.length);
      left -= used;
      delimiter.length -= used;
      this.#stack.length = delimiter.length === 0 ? open : open + 1;
    }
    if (opens && left > 0) this.#stack.push({ mark: run.mark, length: left });
  }

  #release(): void {
    const held = this.#held;
    this.#held = '';
    this.#stack = [];
    this.#run = undefined;
    this.#code = 0;
    this.#link = 'none';
    this.#escaped = false;
    if (held === '') return;
    for (const piece of inlinePieces(held, this.#looks)) this.#show(piece);
  }

  #show(piece: InlinePiece): void {
    if ('break' in piece) {
      this.#wrap.hardBreak();
      return;
    }
    const outer = this.#style;
    const inner = piece.style;
    const style = outer === undefined ? inner : inner === undefined ? outer : (text: string): string => outer(inner(text));
    const words = piece.text.split(/[ \t\n]+/);
    for (const [index, word] of words.entries()) {
      if (index > 0) this.#wrap.space();
      if (word !== '') this.#wrap.text(word, style);
    }
  }
}
