const CRASHES_MS = 60_000;
const MAX_CRASHES = 3;
/** So long after a crash the next start is not delayed any more. */
const FORGET_MS = 300_000;
const LONGEST_WAIT_MS = 4_000;

/** Counts the crashes of one server: how long the next start has to wait, and when there were too many. */
export class CrashCount {
  #crashes: readonly number[] = [];

  /** Takes a crash at a time in milliseconds; true when it was the third within a minute. */
  add(now: number): boolean {
    this.#crashes = [...this.#crashes.filter((at) => now - at < FORGET_MS), now].slice(-10);
    return this.#crashes.filter((at) => now - at < CRASHES_MS).length >= MAX_CRASHES;
  }

  /** How many milliseconds the next start has to wait: 1, 2, then 4 seconds after the last crash. */
  wait(now: number): number {
    const recent = this.#crashes.filter((at) => now - at < FORGET_MS);
    const last = recent.at(-1);
    if (last === undefined) return 0;
    return Math.max(0, last + Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (recent.length - 1)) - now);
  }
}
