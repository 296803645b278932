import { PyraError } from '../../core/domain/errors.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The milliseconds of a span such as `90s`, `30m`, `8h` or `2d`. Throws `usage`. */
export function spanOfTime(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(number) * UNITS[(unit ?? 's') as keyof typeof UNITS];
  if (!(milliseconds > 0)) throw new PyraError('usage', 'a span of time is a number with s, m, h or d', { hint: 'such as 30m or 8h' });
  return milliseconds;
}
