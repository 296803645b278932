import type { TimeWindow } from './expand-events.js';
import type { Zone } from './time-zone.js';

const DAY = 86_400_000;

/** Which part of each day counts, as milliseconds of its wall time; the end of a day is 24 hours. */
export interface DayLimits {
  readonly start: number;
  readonly end: number;
  /** Only Monday to Friday. */
  readonly weekdays: boolean;
}

/** The times in a window that nothing takes, at least `shortest` milliseconds long, within the limits of each day of the zone. */
export function freeTimes(
  busy: readonly TimeWindow[],
  window: TimeWindow,
  shortest: number,
  limits: DayLimits,
  home: Zone,
): readonly TimeWindow[] {
  const taken = busy.filter(({ start, end }) => end > start).toSorted((left, right) => left.start - right.start);
  const wholeDays = limits.start === 0 && limits.end === DAY && !limits.weekdays;
  const open = wholeDays ? [window] : days(window, limits, home);
  return open.flatMap((part) => gaps(taken, part)).filter(({ start, end }) => end - start >= shortest);
}

function days(window: TimeWindow, limits: DayLimits, home: Zone): readonly TimeWindow[] {
  const parts: TimeWindow[] = [];
  const first = Math.floor(home.wallOf(window.start) / DAY) * DAY;
  for (let day = first; home.instantOf(day) < window.end; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (limits.weekdays && (weekday === 0 || weekday === 6)) continue;
    const start = Math.max(window.start, home.instantOf(day + limits.start));
    const end = Math.min(window.end, home.instantOf(day + limits.end));
    const last = parts.at(-1);
    // Days without limits between them are one time.
    if (last !== undefined && last.end === start) parts[parts.length - 1] = { start: last.start, end };
    else if (end > start) parts.push({ start, end });
  }
  return parts;
}

function gaps(taken: readonly TimeWindow[], { start, end }: TimeWindow): readonly TimeWindow[] {
  const found: TimeWindow[] = [];
  let free = start;
  for (const one of taken) {
    if (one.start >= end) break;
    if (one.start > free) found.push({ start: free, end: Math.min(one.start, end) });
    free = Math.max(free, one.end);
  }
  if (free < end) found.push({ start: free, end });
  return found;
}
