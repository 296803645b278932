/** One line that one of two texts has and the other has not. */
export interface DifferentLine {
  readonly sign: '-' | '+';
  readonly line: string;
}

const MAX_LINES = 400;

/**
 * The lines in which two texts differ, in order, old before new: those outside of a longest common subsequence. Where more than 400 lines
 * stand between the common beginning and end, all of these are taken as different.
 */
export function lineDifference(before: readonly string[], after: readonly string[]): readonly DifferentLine[] {
  let [begin, oldEnd, nowEnd] = [0, before.length, after.length];
  while (begin < oldEnd && begin < nowEnd && before[begin] === after[begin]) begin += 1;
  while (oldEnd > begin && nowEnd > begin && before[oldEnd - 1] === after[nowEnd - 1]) [oldEnd, nowEnd] = [oldEnd - 1, nowEnd - 1];
  const [old, now] = [before.slice(begin, oldEnd), after.slice(begin, nowEnd)];
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
