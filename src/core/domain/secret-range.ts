/** Where in a text something that looks like a secret stands. */
export interface SecretRange {
  /** UTF-16 code units from the start of the text. */
  readonly start: number;
  readonly end: number;
  /** The rule that found it, such as `github-pat`; `vault` for a value that the vault released. */
  readonly rule: string;
}
