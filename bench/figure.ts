/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `×` for a ratio, else `ms`, `MB`, `MB/s`, `%`. */
  readonly unit: string;
  /** What it should be at most, or at least. */
  readonly target?: { readonly most: number } | { readonly least: number };
  /** What else was measured, such as the absolute times behind a ratio. */
  readonly detail?: Readonly<Record<string, number | string>>;
}

/** Settings of one run of the bench. */
export interface BenchOptions {
  /** How often each thing is measured; medians are taken over these. */
  readonly runs: number;
}

/** Measures what belongs together in one interleaved run. To add one: a file here, and a line in `bench.ts`. */
export interface Benchmark {
  readonly name: string;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

/** Whether a figure meets its target; undefined where it has none. */
export function meetsTarget(figure: Figure): boolean | undefined {
  if (figure.target === undefined) return undefined;
  return 'most' in figure.target ? figure.value <= figure.target.most : figure.value >= figure.target.least;
}
