import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to a mistyped one, or undefined where none is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const written = word.toLowerCase();
  const swapped = known.find((candidate) => letters(candidate) === letters(written));
  if (swapped !== undefined) return swapped;
  const candidate = closest(written, known);
  const allowed = candidate.length < 4 ? 1 : Math.max(2, Math.floor(candidate.length / 3));
  return distance(written, candidate) <= allowed ? candidate : undefined;
}

function letters(word: string): string {
  return [...word].sort().join('');
}
