/** A figure that counts cases. */
export interface CountFigure {
  readonly kind: 'count';
  /** The id that the security design gives the figure, such as `D1`. */
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly of: number;
  /** What the count should be; absent where it is only reported. Shares are parts of 1. */
  readonly target?: 'none' | 'all' | { readonly mostShare: number } | { readonly leastShare: number };
  /** The ids of the cases that count against the target (or were missed, where there is none). */
  readonly cases: readonly string[];
}

/** A figure that is a quantity. */
export interface QuantityFigure {
  readonly kind: 'quantity';
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: { readonly most: number } | { readonly least: number };
}

/** Something that could not be measured, and why. */
export interface SkippedFigure {
  readonly kind: 'skipped';
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/** One figure of the security bench. */
export type SecurityFigure = CountFigure | QuantityFigure | SkippedFigure;

/** Whether a figure meets its target; undefined where it has none or was skipped. */
export function meets(figure: SecurityFigure): boolean | undefined {
  if (figure.kind === 'skipped' || figure.target === undefined) return undefined;
  if (figure.kind === 'quantity') return 'most' in figure.target ? figure.value <= figure.target.most : figure.value >= figure.target.least;
  if (figure.target === 'none') return figure.count === 0;
  if (figure.target === 'all') return figure.count === figure.of;
  const share = figure.of === 0 ? 0 : figure.count / figure.of;
  return 'mostShare' in figure.target ? share <= figure.target.mostShare : share >= figure.target.leastShare;
}

/** Counts the cases that a test holds for. `against`: whether the ids kept are of those that it holds for, or of the others. */
export function countCases<T extends { readonly id: string }>(
  what: { readonly id: string; readonly name: string; readonly target?: Exclude<CountFigure['target'], undefined> },
  cases: readonly T[],
  holds: (item: T) => boolean,
  keep: 'held' | 'missed',
): CountFigure {
  const held = cases.filter(holds);
  const kept = keep === 'held' ? held : cases.filter((item) => !held.includes(item));
  return { kind: 'count', ...what, count: held.length, of: cases.length, cases: kept.map(({ id }) => id) };
}
