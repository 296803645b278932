import type { EditState } from './edit-state.js';
import type { Key } from './key.js';

/** A key during a search: `kept` when the search goes on (or was given up) and the key is used up by it. */
interface SearchStep {
  readonly state: EditState;
  readonly kept: boolean;
}

/** One key of Ctrl-R: text narrows the search, Ctrl-R goes to an older match, Ctrl-G or Escape gives up; any other key takes the match. */
export function searchKey(state: EditState, key: Key, history: readonly string[]): SearchStep {
  const { search, ...rest } = state;
  if (search === undefined) return { state, kept: false };
  if (key.kind !== 'press') return { state: find(state, search.query + key.text.replace(/\n/g, ' '), history.length, history), kept: true };
  switch (key.name) {
    case 'backspace':
      return { state: find(state, search.query.slice(0, -1), history.length, history), kept: true };
    case 'ctrl-r':
      return { state: find(state, search.query, search.at, history), kept: true };
    case 'ctrl-g':
    case 'escape':
    case 'ctrl-c': {
      const text = state.at >= history.length ? state.text : state.draft;
      return { state: { ...rest, at: history.length, text, cursor: text.length }, kept: true };
    }
    default:
      return { state: rest, kept: false };
  }
}

/** The newest entry below `before` that contains the query. */
function find(state: EditState, query: string, before: number, history: readonly string[]): EditState {
  const draft = state.at >= history.length ? state.text : state.draft;
  if (query === '') return { ...state, search: { query, at: history.length, found: true } };
  for (let at = Math.min(before, history.length) - 1; at >= 0; at -= 1) {
    const text = history[at] ?? '';
    if (text.includes(query)) return { ...state, draft, at, text, cursor: text.length, search: { query, at, found: true } };
  }
  return { ...state, search: { query, at: before, found: false } };
}
