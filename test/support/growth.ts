const RUNS = 5;

/** How many times longer something takes for a text that is four times as long: about 4 when it is linear, 16 when it is quadratic. */
export function growth(run: (text: string) => unknown, text: string): number {
  const time = (input: string): number => {
    const start = performance.now();
    run(input);
    return performance.now() - start;
  };
  const best = (input: string): number => Math.min(...Array.from({ length: RUNS }, () => time(input)));
  best(text);
  return best(text.repeat(4)) / best(text);
}
