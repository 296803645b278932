/** A set of code points: pairs of first and last, sorted, none touching another. */
export type CodePoints = readonly (readonly [first: number, last: number])[];

/** The last code point of Unicode. */
export const LAST_CODE_POINT = 0x10ffff;

/** Every code point. */
export const ANY: CodePoints = [[0, LAST_CODE_POINT]];
/** `\d` of regular expressions. */
export const DIGITS: CodePoints = [[0x30, 0x39]];
/** `\w` of regular expressions. */
export const WORD_CHARACTERS: CodePoints = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** `\s` of regular expressions. */
export const SPACES: CodePoints = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
/** What `.` does not match. */
export const LINE_ENDS: CodePoints = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** All that is in one of several sets. */
export function union(sets: readonly CodePoints[]): CodePoints {
  const merged: [number, number][] = [];
  for (const [first, last] of sets.flat().toSorted((left, right) => left[0] - right[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** All that is not in a set. */
export function complement(set: CodePoints): CodePoints {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push([next, LAST_CODE_POINT]);
  return rest;
}

/** Whether some code point is in both sets. */
export function overlap(left: CodePoints, right: CodePoints): boolean {
  let [one, other] = [0, 0];
  for (;;) {
    const [a, b] = [left[one], right[other]];
    if (a === undefined || b === undefined) return false;
    if (a[1] < b[0]) one += 1;
    else if (b[1] < a[0]) other += 1;
    else return true;
  }
}
