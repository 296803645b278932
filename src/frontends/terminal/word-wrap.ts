import stringWidth from 'string-width';

/** Gives a text its looks. */
export type Style = (text: string) => string;

/** Scripts that are written without spaces: a row may end before each of these characters. */
const BREAKABLE = /^[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]$/;

/**
 * Fills rows with words and never takes back what was written. A word is held until its end, since only then it is known whether it fits;
 * the first word of a row is written as it comes. A word that is wider than a row is left to the terminal.
 */
export class WordWrap {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  #width = 80;
  #column = 0;
  #firstPrefix = '';
  #prefix = '';
  #open = false;
  #rowEmpty = true;
  #gap = false;
  #word = '';
  #parts: { text: string; readonly style: Style | undefined }[] = [];
  #written = 0;

  /** `columns` is asked at the start of every row, so that a resized terminal is seen. */
  constructor(write: (text: string) => void, columns: () => number) {
    this.#write = write;
    this.#columns = columns;
  }

  /** Whether rows are being filled. */
  get open(): boolean {
    return this.#open;
  }

  /** Starts filling rows: the first one with one prefix, the later ones with another (usually its indentation). */
  begin(firstPrefix: string, prefix: string): void {
    this.#firstPrefix = firstPrefix;
    this.#prefix = prefix;
    this.#open = true;
    this.#startRow(this.#firstPrefix);
  }

  /** The next piece of a word. */
  text(piece: string, style?: Style): void {
    if (this.#word !== '' && BREAKABLE.test(piece)) this.#flush();
    const eager = this.#rowEmpty && (this.#written > 0 || (this.#word === '' && style === undefined));
    this.#word += piece;
    if (eager) {
      this.#write(style === undefined ? piece : style(piece));
      this.#written += piece.length;
      return;
    }
    const last = this.#parts.at(-1);
    if (last !== undefined && last.style === style) last.text += piece;
    else this.#parts.push({ text: piece, style });
  }

  /** The end of a word. Spaces at the start of a row and more than one of them are dropped. */
  space(): void {
    this.#flush();
    if (!this.#rowEmpty) this.#gap = true;
  }

  /** The end of a row where the text wants it. */
  hardBreak(): void {
    this.#flush();
    this.#write('\n');
    this.#startRow(this.#prefix);
  }

  /** The end of the rows; a last word that matches `drop` is left out. */
  end(drop?: RegExp): void {
    if (!this.#open) return;
    if (drop !== undefined && this.#written === 0 && drop.test(this.#word)) {
      this.#word = '';
      this.#parts = [];
    }
    this.#flush();
    this.#write('\n');
    this.#open = false;
  }

  #startRow(prefix: string): void {
    this.#write(prefix);
    this.#width = Math.max(10, this.#columns());
    this.#column = stringWidth(prefix);
    this.#rowEmpty = true;
    this.#gap = false;
  }

  #flush(): void {
    if (this.#word === '') return;
    const width = stringWidth(this.#word);
    if (this.#parts.length > 0) {
      const gap = this.#gap ? 1 : 0;
      if (!this.#rowEmpty && this.#column + gap + width > this.#width) {
        this.#write('\n');
        this.#startRow(this.#prefix);
      } else if (gap === 1) {
        this.#write(' ');
        this.#column += 1;
      }
      for (const { text, style } of this.#parts) this.#write(style === undefined ? text : style(text));
    }
    this.#column += width;
    this.#rowEmpty = false;
    this.#gap = false;
    this.#word = '';
    this.#parts = [];
    this.#written = 0;
  }
}
