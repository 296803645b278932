import stringWidth from 'string-width';
import { edit, replace } from './edit.js';
import { type EditState, editState } from './edit-state.js';
import { type EditView, leave, redraw, viewOf } from './edit-view.js';
import type { Key } from './key.js';
import type { TerminalConsole } from './terminal-console.js';
import { LINE_BREAK_MARK } from './type-ahead.js';

/** What the person did with an edit line. */
export type LineAnswer =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C; `text` is what stood in the line. */
  | { readonly kind: 'interrupt'; readonly text: string }
  /** Ctrl-D on an empty line, or the input is closed. */
  | { readonly kind: 'end' }
  /** Ctrl-X: the line is to be edited in the person's editor. */
  | { readonly kind: 'editor'; readonly text: string };

/** What may stand at the cursor: the candidates replace the text from `from` to the cursor. */
export interface Completion {
  readonly from: number;
  readonly candidates: readonly string[];
}

/** How a line is read. */
export interface ReadOptions {
  readonly prompt: string;
  readonly paintedPrompt?: string;
  /** What stands in the line at first, before what was typed ahead. */
  readonly initial?: string;
  /** The oldest entry first. */
  readonly history?: readonly string[];
  readonly complete?: (text: string, cursor: number) => Promise<Completion>;
  /** Gives up the line; it answers `interrupt`. */
  readonly signal?: AbortSignal;
}

/** Reads lines on a console with editing; only the edit line itself is ever redrawn. */
export class LineEditor {
  readonly #console: TerminalConsole;
  readonly #visible: (text: string) => string;

  /** `visible` shows a text without control, bidi and invisible characters. */
  constructor(console: TerminalConsole, visible: (text: string) => string) {
    this.#console = console;
    this.#visible = visible;
  }

  /** Reads one line (of several rows, maybe); what was typed ahead stands in it. */
  read(options: ReadOptions): Promise<LineAnswer> {
    const release = this.#console.hold();
    return new Promise<LineAnswer>((resolve) => {
      const line = new EditedLine(this.#console, this.#visible, options, (answer) => {
        stop();
        options.signal?.removeEventListener('abort', abort);
        release();
        resolve(answer);
      });
      const abort = (): void => line.finish({ kind: 'interrupt', text: line.text });
      const stop = this.#console.read(line);
      options.signal?.addEventListener('abort', abort, { once: true });
      if (options.signal?.aborted) abort();
      else line.settled();
    });
  }
}

class EditedLine {
  readonly #console: TerminalConsole;
  readonly #visible: (text: string) => string;
  readonly #options: ReadOptions;
  readonly #done: (answer: LineAnswer) => void;
  readonly #marked: boolean;
  #state: EditState;
  #view: EditView | undefined;
  #finished = false;
  #completing = false;
  #tabs = 0;

  constructor(console: TerminalConsole, visible: (text: string) => string, options: ReadOptions, done: (answer: LineAnswer) => void) {
    this.#console = console;
    this.#visible = visible;
    this.#options = options;
    this.#done = done;
    const kept = console.typeAhead.take();
    this.#marked = kept.includes(LINE_BREAK_MARK);
    this.#state = editState((options.initial ?? '') + kept, this.#history.length);
  }

  get #history(): readonly string[] {
    return this.#options.history ?? [];
  }

  get text(): string {
    return this.#state.text;
  }

  key(key: Key): void {
    if (this.#finished) {
      this.#console.typeAhead.add(key);
      return;
    }
    const { state, outcome } = edit(this.#state, key, this.#history);
    this.#state = state;
    if (outcome !== 'complete') this.#tabs = 0;
    switch (outcome) {
      case 'submit':
        this.finish({ kind: 'line', text: this.#marked ? state.text.replaceAll(LINE_BREAK_MARK, '\n').trimEnd() : state.text });
        break;
      case 'interrupt':
        this.finish({ kind: 'interrupt', text: state.text });
        break;
      case 'end':
        this.finish({ kind: 'end' });
        break;
      case 'editor':
        this.finish({ kind: 'editor', text: state.text });
        break;
      case 'clear-screen':
        this.#console.write('\u001b[H\u001b[2J');
        this.#view = undefined;
        break;
      case 'complete':
        void this.#complete();
        break;
      case 'none':
        break;
    }
  }

  settled(): void {
    if (!this.#finished) this.#draw();
  }

  ended(): void {
    this.finish({ kind: 'end' });
  }

  resized(): void {
    if (this.#finished || this.#view === undefined) return;
    // The terminal has wrapped the rows anew; where the cursor is now follows from laying the same text out for the new width.
    const rows = this.#view.rows.slice(0, this.#view.cursorRow);
    const moved = rows.reduce((sum, row) => sum + Math.floor(Math.max(0, stringWidth(row) - 1) / this.#console.columns), 0);
    this.#view = { ...this.#view, cursorRow: this.#view.cursorRow + moved };
    this.#draw();
  }

  resumed(): void {
    this.#view = undefined;
    this.settled();
  }

  finish(answer: LineAnswer): void {
    if (this.#finished) return;
    this.#finished = true;
    const { search: _, ...state } = this.#state;
    this.#state = { ...state, cursor: state.text.length };
    this.#draw();
    if (this.#view !== undefined) this.#console.write(leave(this.#view));
    this.#done(answer);
  }

  #draw(): void {
    const { prompt, paintedPrompt = prompt } = this.#options;
    const view = viewOf(this.#state, {
      prompt,
      paintedPrompt,
      columns: this.#console.columns,
      rows: this.#console.rows - 1,
      visible: this.#visible,
    });
    const output = redraw(this.#view, view);
    this.#view = view;
    if (output !== '') this.#console.write(output);
  }

  async #complete(): Promise<void> {
    const { complete } = this.#options;
    if (complete === undefined || this.#completing) return;
    this.#completing = true;
    this.#tabs += 1;
    const asked = this.#state;
    try {
      const { from, candidates } = await complete(asked.text, asked.cursor);
      // An answer for a line that has changed since is of no use.
      if (this.#finished || this.#state.text !== asked.text || this.#state.cursor !== asked.cursor) return;
      const common = commonStart(candidates);
      const typed = asked.text.slice(from, asked.cursor);
      if (candidates.length === 1) this.#state = replace(asked, from, asked.cursor, candidates[0]);
      else if (common.length > typed.length) this.#state = replace(asked, from, asked.cursor, common);
      else if (candidates.length > 1 && this.#tabs > 1) this.#list(candidates);
      this.#draw();
    } catch {
      // No completion is no reason to disturb the person.
    } finally {
      this.#completing = false;
    }
  }

  #list(candidates: readonly string[]): void {
    if (this.#view !== undefined) this.#console.write(leave(this.#view));
    const shown = candidates.slice(0, 40).map(this.#visible);
    const more = candidates.length > shown.length ? `\n… and ${candidates.length - shown.length} more` : '';
    this.#console.write(`${shown.join('  ')}${more}\n`);
    this.#view = undefined;
  }
}

function commonStart(texts: readonly string[]): string {
  let common = texts[0] ?? '';
  for (const text of texts) while (!text.startsWith(common)) common = common.slice(0, -1);
  return common;
}
