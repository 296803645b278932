/** What a finding is about: the four injection categories, invisible text, foreign data in an answer, a secret, the state of the home. */
export type FindingCategory =
  | 'instruction-override'
  | 'impersonation'
  | 'exfiltration'
  | 'concealment'
  | 'invisible-text'
  | 'secret'
  | 'home'
  | 'vault'
  | 'settings';

/** Something that the person should know about a text, a call or the home. Never holds a secret or the text itself. */
export interface Finding {
  /** A stable kebab-case label, such as `ignore-previous-instructions` or `mode-too-wide`. */
  readonly label: string;
  readonly category: FindingCategory;
  /** One sentence in lower case for the person. */
  readonly message: string;
  /** Where in the text it starts, in UTF-16 code units of the original (or of its window), if it is about a text. */
  readonly offset?: number;
  /** What to do about it, as a command or one sentence. */
  readonly fix?: string;
}
