/** A line being edited: a value; {@link edit} makes the next one. Positions are UTF-16 code units at the bounds of graphemes. */
export interface EditState {
  readonly text: string;
  readonly cursor: number;
  /** What was cut last, for Ctrl-Y. */
  readonly cut: string;
  /** Where in the history the text comes from; the history's length for a line of its own. */
  readonly at: number;
  /** The line of its own, kept while the history is walked. */
  readonly draft: string;
  /** What is searched for backwards in the history, and from where, while Ctrl-R is on. */
  readonly search?: { readonly query: string; readonly at: number; readonly found: boolean };
}

/** A state that holds a text with the cursor behind it. */
export function editState(text: string, historyLength: number): EditState {
  return { text, cursor: text.length, cut: '', at: historyLength, draft: '' };
}
