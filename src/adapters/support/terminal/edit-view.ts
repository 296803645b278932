import stringWidth from 'string-width';
import type { EditState } from './edit-state.js';
import { graphemes } from './graphemes.js';

/** How an edited line looks: rows without line breaks, and where the cursor stands in them. */
export interface EditView {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** What a view is made for. */
export interface ViewSpace {
  readonly prompt: string;
  /** The prompt as it is sent to the terminal, with colours. */
  readonly paintedPrompt: string;
  readonly columns: number;
  /** The most rows that the view may take. */
  readonly rows: number;
  /** Shows a text without control, bidi and invisible characters. */
  readonly visible: (text: string) => string;
}

/** Lays an edited line out. Cost is bounded by the size of the terminal, not of the text: what is far from the cursor is not looked at. */
export function viewOf(state: EditState, space: ViewSpace): EditView {
  // The last column stays free: there a terminal's cursor is neither on this row nor on the next.
  const width = Math.max(8, space.columns - 1);
  const limit = Math.max(1, space.rows);
  const [prompt, painted] = promptOf(state, space, width);
  const indent = stringWidth(prompt);
  const reach = width * limit;
  const from = Math.max(0, state.cursor - reach);
  const to = Math.min(state.text.length, state.cursor + reach);
  const builder = new RowBuilder(from > 0 ? `${painted}… ` : painted, from > 0 ? indent + 2 : indent, indent, width);
  for (const grapheme of graphemes(state.text.slice(from, state.cursor))) builder.add(grapheme, space.visible);
  builder.markCursor();
  for (const grapheme of graphemes(state.text.slice(state.cursor, to))) builder.add(grapheme, space.visible);
  if (to < state.text.length) builder.add('…', space.visible);
  const first = Math.max(0, Math.min(builder.cursorRow - limit + 1 + Math.floor(limit / 3), builder.rows.length - limit));
  return {
    rows: builder.rows.slice(first, first + limit),
    cursorRow: builder.cursorRow - first,
    cursorColumn: builder.cursorColumn,
  };
}

function promptOf(state: EditState, space: ViewSpace, width: number): readonly [string, string] {
  if (state.search === undefined) return [space.prompt, space.paintedPrompt];
  const label = state.search.found ? 'search' : 'not found';
  // Half of the width, since a character may take two columns.
  const room = Math.floor((width - label.length - 6) / 2);
  const query = room > 0 ? graphemes(space.visible(state.search.query).replaceAll('\t', ' ')).slice(-room).join('') : '';
  const text = room > 0 ? `(${label}: ${query}) ` : '? ';
  return [text, text];
}

class RowBuilder {
  readonly rows: string[] = [];
  readonly #indent: number;
  readonly #width: number;
  #column: number;
  cursorRow = 0;
  cursorColumn = 0;

  constructor(start: string, column: number, indent: number, width: number) {
    this.rows.push(start);
    this.#column = column;
    this.#indent = indent < width / 2 ? indent : 0;
    this.#width = width;
  }

  add(grapheme: string, visible: (text: string) => string): void {
    if (grapheme === '\n') {
      this.#newRow();
      return;
    }
    const shown = grapheme === '\t' ? '  ' : visible(grapheme);
    const width = shown === grapheme && shown >= ' ' && shown <= '~' ? shown.length : stringWidth(shown);
    if (this.#column + width > this.#width) this.#newRow();
    this.rows[this.rows.length - 1] += shown;
    this.#column += width;
  }

  markCursor(): void {
    if (this.#column >= this.#width) this.#newRow();
    this.cursorRow = this.rows.length - 1;
    this.cursorColumn = this.#column;
  }

  #newRow(): void {
    this.rows.push(' '.repeat(this.#indent));
    this.#column = this.#indent;
  }
}

/** The escape sequences that turn one view on the screen into another; `undefined` = nothing is drawn yet. The cursor ends where `to` says. */
export function redraw(from: EditView | undefined, to: EditView): string {
  if (from !== undefined) {
    const added = appended(from, to);
    if (added !== undefined) return added;
  }
  const start = from === undefined ? '' : `${up(from.cursorRow)}\r\u001b[J`;
  return `${start}${to.rows.join('\n')}${up(to.rows.length - 1 - to.cursorRow)}\r${right(to.cursorColumn)}`;
}

/** The escape sequences that leave a drawn view behind: the cursor goes to a new row below it. */
export function leave(view: EditView): string {
  return `${down(view.rows.length - 1 - view.cursorRow)}\n`;
}

/** What was typed at the very end, when that is all that changed: it can be sent as it is. */
function appended(from: EditView, to: EditView): string | undefined {
  const last = from.rows.length - 1;
  if (from.rows.length !== to.rows.length || from.cursorRow !== last || to.cursorRow !== last) return undefined;
  const before = from.rows[last] ?? '';
  const after = to.rows[last] ?? '';
  if (!after.startsWith(before)) return undefined;
  const added = after.slice(before.length);
  // Only where both cursors stand at the end of their rows.
  if (from.cursorColumn !== stringWidth(before)) return undefined;
  if (to.cursorColumn - from.cursorColumn !== stringWidth(added)) return undefined;
  if (from.rows.some((row, index) => index < last && row !== to.rows[index])) return undefined;
  return added;
}

const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');
const down = (rows: number): string => (rows > 0 ? `\u001b[${rows}B` : '');
const right = (columns: number): string => (columns > 0 ? `\u001b[${columns}C` : '');
