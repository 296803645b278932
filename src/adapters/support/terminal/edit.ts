import type { EditState } from './edit-state.js';
import { graphemeAfter, graphemeBefore, wordEnd, wordStart } from './graphemes.js';
import { searchKey } from './history-search.js';
import type { Key } from './key.js';

/** What the reader of the line has to do after a key. */
export type EditOutcome = 'none' | 'submit' | 'interrupt' | 'end' | 'complete' | 'clear-screen' | 'editor';

/** A state and what follows from the key that led to it. */
export interface EditStep {
  readonly state: EditState;
  readonly outcome: EditOutcome;
}

/** The next state of an edited line after one key: Emacs keys, history, multi-line input. `history` is the oldest entry first. */
export function edit(state: EditState, key: Key, history: readonly string[]): EditStep {
  if (state.search !== undefined) {
    const step = searchKey(state, key, history);
    if (step.kept) return { state: step.state, outcome: 'none' };
    return edit(step.state, key, history);
  }
  if (key.kind !== 'press') return { state: insert(state, printable(key.text)), outcome: 'none' };
  switch (key.name) {
    case 'enter':
      // A trailing backslash continues the line.
      if (state.text.endsWith('\\') && state.cursor === state.text.length)
        return { state: insert(replace(state, state.cursor - 1, state.cursor), '\n'), outcome: 'none' };
      return { state, outcome: 'submit' };
    case 'ctrl-c':
      return { state, outcome: 'interrupt' };
    case 'ctrl-d':
      return state.text === '' ? { state, outcome: 'end' } : { state: erase(state, graphemeAfter), outcome: 'none' };
    case 'tab':
      return { state, outcome: 'complete' };
    case 'ctrl-l':
      return { state, outcome: 'clear-screen' };
    case 'ctrl-r':
      return { state: { ...state, search: { query: '', at: history.length, found: true } }, outcome: 'none' };
    case 'ctrl-x':
      return { state, outcome: 'editor' };
    default:
      return { state: (EDITS[key.name] ?? same)(state, history), outcome: 'none' };
  }
}

/** A text put in at the cursor. */
export function insert(state: EditState, text: string): EditState {
  return {
    ...state,
    text: state.text.slice(0, state.cursor) + text + state.text.slice(state.cursor),
    cursor: state.cursor + text.length,
  };
}

/** Replaces what stands between two positions and puts the cursor behind the new text. */
export function replace(state: EditState, from: number, to: number, text = ''): EditState {
  return { ...state, text: state.text.slice(0, from) + text + state.text.slice(to), cursor: from + text.length };
}

type Move = (text: string, cursor: number) => number;
type Edit = (state: EditState, history: readonly string[]) => EditState;

const same: Edit = (state) => state;
const move =
  (to: Move): Edit =>
  (state) => ({ ...state, cursor: to(state.text, state.cursor) });
const cutTo =
  (to: Move): Edit =>
  (state) => {
    const other = to(state.text, state.cursor);
    const [from, until] = other < state.cursor ? [other, state.cursor] : [state.cursor, other];
    return from === until ? state : { ...replace(state, from, until), cut: state.text.slice(from, until) };
  };

function erase(state: EditState, to: Move): EditState {
  const other = to(state.text, state.cursor);
  return replace(state, Math.min(other, state.cursor), Math.max(other, state.cursor));
}

const lineStart: Move = (text, cursor) => (cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1);
const lineEnd: Move = (text, cursor) => {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
};
/** The end of the line for cutting: on an empty rest of a line, its line break. */
const cutEnd: Move = (text, cursor) => (text[cursor] === '\n' ? cursor + 1 : lineEnd(text, cursor));
const spaceStart: Move = (text, cursor) => {
  let index = cursor;
  while (index > 0 && /\s/.test(text[index - 1] ?? '')) index -= 1;
  while (index > 0 && !/\s/.test(text[index - 1] ?? '')) index -= 1;
  return index;
};

function older(state: EditState, history: readonly string[]): EditState {
  const start = lineStart(state.text, state.cursor);
  if (start > 0) return { ...state, cursor: Math.min(lineStart(state.text, start - 1) + (state.cursor - start), start - 1) };
  if (state.at === 0) return state;
  return recall(state, state.at - 1, history);
}

function newer(state: EditState, history: readonly string[]): EditState {
  const end = lineEnd(state.text, state.cursor);
  if (end < state.text.length) {
    const column = state.cursor - lineStart(state.text, state.cursor);
    return { ...state, cursor: Math.min(end + 1 + column, lineEnd(state.text, end + 1)) };
  }
  if (state.at >= history.length) return state;
  return recall(state, state.at + 1, history);
}

/** Shows the entry at a place of the history; behind the last one stands the line of its own. */
export function recall(state: EditState, at: number, history: readonly string[]): EditState {
  const draft = state.at >= history.length ? state.text : state.draft;
  const text = at >= history.length ? draft : (history[at] ?? '');
  return { ...state, at, draft, text, cursor: text.length };
}

/** Control characters have no place in a line; tabs and line breaks have. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

const transpose: Edit = (state) => {
  const { text } = state;
  const right = state.cursor === text.length ? state.cursor : graphemeAfter(text, state.cursor);
  const middle = graphemeBefore(text, right);
  const left = graphemeBefore(text, middle);
  if (left === middle) return state;
  return replace(state, left, right, text.slice(middle, right) + text.slice(left, middle));
};

const EDITS: Readonly<Record<string, Edit>> = {
  'alt-enter': (state) => insert(state, '\n'),
  'shift-enter': (state) => insert(state, '\n'),
  'ctrl-enter': (state) => insert(state, '\n'),
  space: (state) => insert(state, ' '),
  'shift-space': (state) => insert(state, ' '),
  left: move(graphemeBefore),
  'ctrl-b': move(graphemeBefore),
  right: move(graphemeAfter),
  'ctrl-f': move(graphemeAfter),
  home: move(lineStart),
  'ctrl-a': move(lineStart),
  end: move(lineEnd),
  'ctrl-e': move(lineEnd),
  'alt-b': move(wordStart),
  'alt-left': move(wordStart),
  'ctrl-left': move(wordStart),
  'alt-f': move(wordEnd),
  'alt-right': move(wordEnd),
  'ctrl-right': move(wordEnd),
  'alt-<': move(() => 0),
  'alt->': move((text) => text.length),
  backspace: (state) => erase(state, graphemeBefore),
  'shift-backspace': (state) => erase(state, graphemeBefore),
  delete: (state) => erase(state, graphemeAfter),
  'ctrl-k': cutTo(cutEnd),
  'ctrl-u': cutTo(lineStart),
  'ctrl-w': cutTo(spaceStart),
  'alt-backspace': cutTo(wordStart),
  'alt-d': cutTo(wordEnd),
  'ctrl-y': (state) => insert(state, state.cut),
  'ctrl-t': transpose,
  up: older,
  'ctrl-p': older,
  down: newer,
  'ctrl-n': newer,
  'page-up': (state, history) => (state.at === 0 ? state : recall(state, state.at - 1, history)),
  'page-down': (state, history) => (state.at >= history.length ? state : recall(state, state.at + 1, history)),
};
