/** What a terminal's input says, decoded. */
export type Key =
  /** Printable characters that arrived together. */
  | { readonly kind: 'text'; readonly text: string }
  /** One bracketed paste, whole; line breaks are `\n`. */
  | { readonly kind: 'paste'; readonly text: string }
  /** One key by name: `enter`, `tab`, `backspace`, `delete`, `up`, `home`, `escape`, `ctrl-a`, `alt-b`, `alt-enter`, `shift-tab`, `ctrl-left` … */
  | { readonly kind: 'press'; readonly name: string };
