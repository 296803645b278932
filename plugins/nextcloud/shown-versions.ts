/** How long the person may take to decide, in milliseconds; what was shown before that counts no more. */
const LASTS = 15 * 60_000;
const MOST = 100;

/**
 * Remembers what a preview showed, so that the call that the person approved finds the same or does nothing. A call without a preview, by a
 * standing rule, finds nothing here.
 */
export class ShownVersions<T> {
  readonly #shown = new Map<string, { readonly version: T; readonly at: number }>();

  /** Notes what was shown for a call. */
  note(key: string, version: T): void {
    this.#shown.delete(key);
    this.#shown.set(key, { version, at: performance.now() });
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MOST && oldest !== undefined) this.#shown.delete(oldest);
  }

  /** What was shown for a call, once. */
  take(key: string): { readonly version: T } | undefined {
    const shown = this.#shown.get(key);
    this.#shown.delete(key);
    return shown !== undefined && performance.now() - shown.at < LASTS ? { version: shown.version } : undefined;
  }
}
