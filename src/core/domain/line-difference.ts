/** One line that one of two texts has and the other has not. */
export interface DifferentLine {
  readonly sign: '-' | '+';
  readonly line: string;
}

const MAX_LINES = 400;

/**
 * The lines in which two texts differ, in order, old before new: those outside of a longest common subsequence. Texts with more than 400
 * lines are taken as different as a whole behind their common beginning.
 */
export function lineDifference(before: string, after: string): readonly DifferentLine[] {
  let [old, now] = [before.split('\n'), after.split('\n')];
  while (old.length > 0 && now.length > 0 && old[0] === now[0]) [old, now] = [old.slice(1), now.slice(1)];
  while (old.length > 0 && now.length > 0 && old.at(-1) === now.at(-1)) [old, now] = [old.slice(0, -1), now.slice(0, -1)];
  if (old.length > MAX_LINES || now.length > MAX_LINES) return [...old.map(gone), ...now.map(added)];
  const table = commonLengths(old, now);
  const lines: DifferentLine[] = [];
  let [left, right] = [0, 0];
  while (left < old.length || right < now.length) {
    const [was, is] = [old[left], now[right]];
    if (was !== undefined && was === is) {
      left += 1;
      right += 1;
    } else if (was !== undefined && (is === undefined || at(table, left + 1, right) >= at(table, left, right + 1))) {
      lines.push(gone(was));
      left += 1;
    } else {
      lines.push(added(is as string));
      right += 1;
    }
  }
  return lines;
}

/** How long the longest common subsequence of the rests is, by where they begin. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let left = old.length - 1; left >= 0; left -= 1) {
    for (let right = now.length - 1; right >= 0; right -= 1) {
      const row = table[left] as number[];
      row[right] =
        old[left] === now[right] ? at(table, left + 1, right + 1) + 1 : Math.max(at(table, left + 1, right), row[right + 1] as number);
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], left: number, right: number): number {
  return table[left]?.[right] ?? 0;
}

function gone(line: string): DifferentLine {
  return { sign: '-', line };
}

function added(line: string): DifferentLine {
  return { sign: '+', line };
}
