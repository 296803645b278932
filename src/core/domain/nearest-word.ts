/** The known word nearest to a mistyped one, or `undefined` where none is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const written = word.slice(0, 64).toLowerCase();
  const ranked = known.map((name) => ({ name, steps: editSteps(written, name.toLowerCase()) }));
  const [best] = ranked.sort((left, right) => left.steps - right.steps);
  if (best === undefined) return undefined;
  const most = best.name.length < 4 ? 1 : Math.max(2, Math.floor(best.name.length / 3));
  return best.steps <= most ? best.name : undefined;
}

/** How many letters have to be put in, taken out or replaced (Levenshtein). */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_one, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] as number) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
