/** Where in a text something that looks like a secret stands. */
export interface SecretRange {
  /** UTF-16 code units from the start of the text. */
  readonly start: number;
  readonly end: number;
  /** The rule that found it, such as `github-pat`. */
  readonly rule: string;
}

/** Finds what looks like a key, a token or a password in a text. */
export interface SecretDetector {
  /** The ranges in order, not overlapping; linear in the text's length. */
  find(text: string): readonly SecretRange[];
}
