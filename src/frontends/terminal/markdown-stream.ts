import type { Paint } from '../../adapters/support/terminal/paint.js';
import { InlineStream } from './inline-stream.js';
import type { InlineLooks } from './inline-text.js';
import { indentOf, type LineKind, lineKind } from './line-kind.js';
import { type ListLevels, levelsOfItem, levelsOfText, screenIndent } from './list-levels.js';
import { tableText } from './table-text.js';
import { TextCleaner } from './text-cleaner.js';
import { type Style, WordWrap } from './word-wrap.js';

/** Where an answer is shown, and how. */
export interface MarkdownStreamOptions {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly paint: Paint;
  /** Whether a link or image carries data away: it is printed as it was written. Nothing is suspicious when absent. */
  readonly suspicious?: (markup: string) => boolean;
}

interface Fence {
  readonly mark: string;
  readonly quotes: number;
  readonly indent: number;
}

/** Quotes and lists that are nested deeper are text. */
const MAX_DEPTH = 24;

type Mode = 'start' | 'text' | 'fence' | 'table' | 'code';

/**
 * Renders Markdown that arrives in pieces: append-only, without cursor movement, linear in the length, and byte for byte the same whatever
 * the pieces. Each character is looked at once; only tables, code lines and open inline markup wait. What a terminal would obey is removed.
 */
export class MarkdownStream {
  readonly #options: MarkdownStreamOptions;
  readonly #looks: InlineLooks;
  readonly #cleaner = new TextCleaner();
  readonly #wrap: WordWrap;
  readonly #inline: InlineStream;
  #output = '';
  #mode: Mode = 'start';
  #head = '';
  #base = 0;
  #quotes = 0;
  #openQuotes = 0;
  #open: 'none' | 'paragraph' | 'heading' = 'none';
  #levels: ListLevels = [];
  #fence: Fence = { mark: '```', quotes: 0, indent: 0 };
  #table = '';
  #codeIndent = 4;
  #spaces = 0;
  #hardBreak = false;
  /** The start of an item's first row, while it is not known what the item begins with. */
  #marker: string | undefined;
  #blank = false;
  #blankQuotes = 0;
  #begun = false;

  constructor(options: MarkdownStreamOptions) {
    this.#options = options;
    this.#looks = { paint: options.paint, suspicious: options.suspicious ?? ((): boolean => false) };
    const write = (text: string): void => {
      this.#output += text;
    };
    this.#wrap = new WordWrap(write, options.columns);
    this.#inline = new InlineStream(this.#wrap, this.#looks);
  }

  /** Shows what can be shown of the next piece. */
  push(piece: string): void {
    for (const character of this.#cleaner.push(piece)) this.#next(character);
    this.#send();
  }

  /** Shows the rest. The stream can be used for another answer afterwards. */
  end(): void {
    if (this.#head !== '' || this.#mode === 'text' || this.#marker !== undefined) this.#next('\n');
    this.#endTable();
    this.#close();
    if (this.#mode === 'fence') this.#mode = 'start';
    this.#levels = [];
    this.#blank = false;
    this.#begun = false;
    this.#send();
  }

  #send(): void {
    if (this.#output === '') return;
    this.#options.write(this.#output);
    this.#output = '';
  }

  #next(character: string): void {
    switch (this.#mode) {
      case 'text':
        if (character === '\n') this.#endTextLine();
        else this.#textCharacter(character);
        break;
      case 'start':
        if (character !== '\n') this.#head += character;
        this.#decide(character === '\n');
        break;
      default:
        if (character === '\n') this.#endRawLine();
        else this.#head += character;
    }
  }

  #textCharacter(character: string): void {
    this.#spaces = character === ' ' ? this.#spaces + 1 : 0;
    this.#inline.push(character);
  }

  #endTextLine(): void {
    const broken = this.#inline.endLine();
    if (this.#open === 'heading') this.#close();
    else if (broken || this.#spaces >= 2) this.#hardBreak = true;
    else this.#wrap.space();
    this.#newLine();
  }

  #newLine(): void {
    this.#mode = 'start';
    this.#head = '';
    this.#base = 0;
    this.#quotes = 0;
    this.#spaces = 0;
  }

  #decide(whole: boolean): void {
    const paragraph = this.#open === 'paragraph';
    const indent = this.#base + indentOf(this.#head);
    const codeIndent = (levelsOfText(this.#levels, indent).at(-1)?.textIndent ?? 0) + 4 - this.#base;
    const nested = this.#levels.length + this.#quotes >= MAX_DEPTH;
    const kind = lineKind(this.#head, whole, { codeIndent, paragraph, nested });
    if (kind === undefined) return;
    if (kind.kind !== 'table' && kind.kind !== 'quote') this.#endTable();

    this.#line(kind, indent, whole);
  }

  #line(kind: LineKind, indent: number, whole: boolean): void {
    switch (kind.kind) {
      case 'blank':
        this.#close();
        // An item without text is no blank line.
        this.#blank = this.#marker === undefined;
        this.#endMarker();
        this.#blankQuotes = this.#quotes;
        this.#newLine();
        break;
      case 'quote':
        this.#endMarker();
        this.#quotes += 1;
        this.#restart(kind.rest, 0, whole);
        break;
      case 'rule':
      case 'underline':
        this.#block(kind.kind === 'rule' ? levelsOfText(this.#levels, indent) : this.#levels);
        this.#row(this.#options.paint.dim('─'.repeat(Math.max(3, Math.min(40, this.#options.columns() - this.#indentText().length)))));
        this.#newLine();
        break;
      case 'heading':
        if (this.#marker === undefined) this.#block(levelsOfText(this.#levels, indent), true);
        this.#beginText('heading', this.#headingStyle(kind.level));
        this.#rest(kind.rest, whole);
        break;
      case 'item':
        this.#item(kind, indent, whole);
        break;
      case 'fence':
        this.#block(levelsOfText(this.#levels, indent));
        this.#fence = { mark: kind.fence, quotes: this.#quotes, indent };
        this.#row(this.#options.paint.dim(kind.fence + kind.language));
        this.#newLine();
        this.#mode = 'fence';
        break;
      case 'table':
        if (this.#table === '') this.#block(levelsOfText(this.#levels, indent));
        this.#mode = 'table';
        if (whole) this.#endRawLine();
        break;
      case 'code':
        this.#block(levelsOfText(this.#levels, indent));
        this.#mode = 'code';
        this.#codeIndent = (this.#levels.at(-1)?.textIndent ?? 0) + 4 - this.#base;
        if (whole) this.#endRawLine();
        break;
      case 'text':
        this.#text(kind.rest, indent, whole);
        break;
    }
  }

  #text(rest: string, indent: number, whole: boolean): void {
    if (this.#open === 'paragraph' && this.#quotes <= this.#openQuotes) {
      // A line that follows a paragraph's directly belongs to it, however it is indented.
      if (this.#hardBreak) this.#wrap.hardBreak();
      this.#hardBreak = false;
    } else {
      if (this.#marker === undefined) this.#block(levelsOfText(this.#levels, indent));
      this.#beginText('paragraph');
    }
    this.#rest(rest, whole);
  }

  #item(kind: Extract<LineKind, { kind: 'item' }>, indent: number, whole: boolean): void {
    const marker = /^\d/.test(kind.marker) ? `${kind.marker} ` : '• ';
    const levels = levelsOfItem(this.#levels, indent, kind.width, marker.length);
    // An item that begins with an item shares its row.
    const outer = this.#marker;
    this.#marker = undefined;
    if (outer === undefined) this.#block(levels.slice(0, -1));
    const first = outer ?? this.#prefix();
    this.#levels = levels;
    this.#marker = first + marker;
    this.#restart(kind.rest, indent + kind.width, whole);
  }

  /** Looks at the rest of a line anew: behind a quote's or an item's mark. */
  #restart(rest: string, base: number, whole: boolean): void {
    this.#head = rest;
    this.#base = base;
    if (rest !== '' || whole) this.#decide(whole);
  }

  #rest(rest: string, whole: boolean): void {
    this.#mode = 'text';
    this.#spaces = 0;
    for (const character of rest) this.#textCharacter(character);
    if (whole) this.#endTextLine();
  }

  /** A line of a fence, a table or indented code is whole. */
  #endRawLine(): void {
    const line = this.#head;
    const mode = this.#mode;
    if (mode === 'fence') {
      this.#fenceLine(line);
      return;
    }
    if (mode === 'table') this.#table += `${line.trim()}\n`;
    else this.#row(this.#options.paint.cyan(unindented(line, this.#codeIndent)));
    const quotes = this.#quotes;
    this.#newLine();
    this.#openQuotes = quotes;
  }

  #fenceLine(line: string): void {
    const { mark, quotes, indent } = this.#fence;
    let text = line;
    for (let depth = 0; depth < quotes; depth += 1) {
      const match = /^ {0,3}> ?/.exec(text);
      if (match === null) {
        // The quote is over, and with it what it held.
        this.#newLine();
        for (const character of `${line}\n`) this.#next(character);
        return;
      }
      text = text.slice(match[0].length);
    }
    this.#head = '';
    const closing = /^\s*(`{3,}|~{3,})\s*$/.exec(text)?.[1];
    if (closing?.startsWith(mark)) {
      this.#row(this.#options.paint.dim(closing));
      this.#newLine();
      return;
    }
    const code = unindented(text, indent);
    this.#row(code === '' ? '' : this.#options.paint.cyan(code));
  }

  #endTable(): void {
    if (this.#table === '') return;
    const markdown = this.#table;
    this.#table = '';
    const prefix = this.#prefix(this.#openQuotes);
    const drawn = tableText(markdown, this.#options.columns() - this.#indentText(this.#openQuotes).length, this.#looks) ?? markdown;
    for (const row of drawn.trimEnd().split('\n')) this.#output += `${`${prefix}${row}`.trimEnd()}\n`;
  }

  /** Ends the open block and makes room for the next one. */
  #block(levels: ListLevels, apart = false): void {
    this.#endMarker();
    this.#close();
    this.#levels = levels;
    this.#openQuotes = this.#quotes;
    if (this.#begun && (this.#blank || apart)) {
      this.#output += `${this.#options.paint.dim('│ '.repeat(Math.min(this.#blankQuotes, this.#quotes))).trimEnd()}\n`;
    }
    this.#blank = false;
    this.#begun = true;
  }

  #close(): void {
    this.#wrap.end(this.#open === 'heading' ? /^#+$/ : undefined);
    this.#open = 'none';
    this.#hardBreak = false;
  }

  /** An item that begins with no text has its marker on a row of its own. */
  #endMarker(): void {
    if (this.#marker !== undefined) this.#output += `${this.#marker.trimEnd()}\n`;
    this.#marker = undefined;
  }

  #beginText(open: 'paragraph' | 'heading', style?: Style): void {
    this.#open = open;
    this.#wrap.begin(this.#marker ?? this.#prefix(), this.#prefix());
    this.#marker = undefined;
    this.#inline.begin(style);
  }

  #headingStyle(level: number): Style {
    const { paint } = this.#options;
    return level === 1 ? (text) => paint.bold(paint.underline(text)) : paint.bold;
  }

  #row(text: string): void {
    const prefix = this.#prefix(this.#openQuotes);
    this.#output += text === '' ? `${prefix.trimEnd()}\n` : `${prefix}${text}\n`;
  }

  /** What stands before every row of the block: quote bars and the indentation of its lists. */
  #prefix(quotes = this.#quotes): string {
    return (quotes > 0 ? this.#options.paint.dim('│ '.repeat(quotes)) : '') + ' '.repeat(screenIndent(this.#levels));
  }

  #indentText(quotes = this.#quotes): string {
    return '│ '.repeat(quotes) + ' '.repeat(screenIndent(this.#levels));
  }
}

/** A line without its first columns of white space. */
function unindented(line: string, columns: number): string {
  let cut = 0;
  for (let column = 0; column < columns && (line[cut] === ' ' || line[cut] === '\t'); cut += 1)
    column += line[cut] === '\t' ? 4 - (column % 4) : 1;
  return line.slice(cut);
}
