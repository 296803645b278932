/** The value below which the given part (0…1) of the values lies; 0.5 gives the median. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('there are no values');
  const sorted = [...values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
