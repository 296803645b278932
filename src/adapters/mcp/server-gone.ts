/** Why a server could not be used, in words that stand behind its name, such as `ended with exit code 1`; they may be foreign. */
export class ServerGone extends Error {
  override readonly name = 'ServerGone';
  /** What the person can do, when that is known. */
  readonly hint: string | undefined;

  constructor(words: string, hint?: string) {
    super(words);
    this.hint = hint;
  }
}
