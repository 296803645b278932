/** How long it is known what a preview showed, in milliseconds; longer than a person has time to answer. */
const KEPT_MS = 15 * 60_000;

/** How many are known at most. */
const KEPT = 50;

interface Shown {
  readonly fingerprint: string;
  readonly at: number;
}

const shown = new Map<string, Shown>();

/** Remembers, while this process lives, what the preview of a call showed. */
export function rememberShown(args: object, fingerprint: string, now = Date.now()): void {
  const key = keyOf(args);
  shown.delete(key);
  shown.set(key, { fingerprint, at: now });
  for (const old of shown.keys()) {
    if (shown.size <= KEPT) break;
    shown.delete(old);
  }
}

/** Gives what the preview of this very call showed, once; `undefined` when there was none, or it is long ago. */
export function takeShown(args: object, now = Date.now()): string | undefined {
  const key = keyOf(args);
  const found = shown.get(key);
  shown.delete(key);
  return found !== undefined && now - found.at <= KEPT_MS ? found.fingerprint : undefined;
}

function keyOf(args: object): string {
  return JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
}
