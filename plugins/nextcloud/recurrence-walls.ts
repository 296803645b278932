import { Script } from 'node:vm';
import type ICAL from 'ical.js';
import { timeAt, wallOfTime } from './calendar-file.js';

const DAY = 86_400_000;
/** The length of the frequencies that can be skipped over, in milliseconds of wall time. */
const STEPS: Readonly<Record<string, number>> = { SECONDLY: 1_000, MINUTELY: 60_000, HOURLY: 3_600_000, DAILY: DAY, WEEKLY: 7 * DAY };
const FINE = new Set(['SECONDLY', 'MINUTELY', 'HOURLY']);
const MOST_STEPS = 20_000;
const LONGEST_MS = 300;
/** What takes longer than this is slow. A calendar may hold thousands of slow rules: together they have so much time in a minute, and then none. */
const SLOW_MS = 10;
const SLOW_TOTAL_MS = 2_000;
const MINUTE_MS = 60_000;

const slow = { since: Number.NEGATIVE_INFINITY, spent: 0 };

/** From when to when occurrences are wanted, as wall times; `end` is not among them. */
export interface WallWindow {
  readonly start: number;
  readonly end: number;
}

/** The wall times at which a rule lets something occur, in order. */
export interface RecurrenceWalls {
  readonly walls: readonly number[];
  /** Whether there are more in the window, or the rule could not be followed to its end. */
  readonly cut: boolean;
}

/**
 * Follows an RRULE (RFC 5545, 3.3.10) through a window, for something that begins at a wall time. `isOver` says of a wall time whether it is
 * after UNTIL. What ical.js does otherwise than the RFC is put right here: dates that there are not (29 February, weeks 53) are left out, the
 * first period of BYSETPOS is whole, COUNT counts what is left. Gives at most `most` wall times, in bounded time.
 */
export function recurrenceWalls(
  rule: ICAL.Recur,
  start: number,
  window: WallWindow,
  most: number,
  isOver: (wall: number) => boolean,
): RecurrenceWalls {
  const walk = () => walkRule(rule, start, window, most, isOver);
  // A rule such as "every second in January" looks for its next occurrence one second after the other, in one call of ical.js.
  const fine = FINE.has(rule.freq) && Object.keys(rule.parts).length > 0;
  const began = performance.now();
  if (began - slow.since > MINUTE_MS) Object.assign(slow, { since: began, spent: 0 });
  const exhausted = slow.spent > SLOW_TOTAL_MS;
  const walls = fine || exhausted ? bounded(walk, exhausted ? SLOW_MS : LONGEST_MS) : walk();
  const took = performance.now() - began;
  if (took > SLOW_MS) slow.spent += took;
  return walls;
}

function walkRule(rule: ICAL.Recur, start: number, window: WallWindow, most: number, isOver: (wall: number) => boolean): RecurrenceWalls {
  const walls: number[] = [];
  const isMeant = dateFilter(rule, start);
  const iterator = openRule(rule).iterator(timeAt(beginning(rule, start, window)));
  let last = Number.NEGATIVE_INFINITY;
  let counted = 0;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const time = iterator.next() as ICAL.Time | null;
    if (time === null) return { walls, cut: false };
    const wall = wallOfTime(time);
    if (wall >= window.end || isOver(wall)) return { walls, cut: false };
    if (wall < start || wall <= last || !isMeant(time)) continue;
    last = wall;
    counted += 1;
    if (wall >= window.start) {
      if (walls.length === most) return { walls, cut: true };
      walls.push(wall);
    }
    if (rule.count !== null && rule.count !== undefined && counted >= rule.count) return { walls, cut: false };
  }
  return { walls, cut: true };
}

/** The rule without its end; one of weeks of the year, which ical.js does not know, as one of every week: the filter finds the weeks. */
function openRule(rule: ICAL.Recur): ICAL.Recur {
  const open = rule.clone();
  open.count = null as unknown as number;
  open.until = null as unknown as ICAL.Time;
  const parts = open.parts as Record<string, unknown>;
  if (parts.BYWEEKNO !== undefined) {
    delete parts.BYWEEKNO;
    open.freq = 'WEEKLY';
    open.interval = 1;
  }
  return open;
}

/** Where to begin: without COUNT long before the window needs no steps; with BYSETPOS at the beginning of the first period. */
function beginning(rule: ICAL.Recur, start: number, window: WallWindow): number {
  const parts = rule.parts as Readonly<Record<string, unknown>>;
  if (parts.BYSETPOS !== undefined && (rule.freq === 'MONTHLY' || rule.freq === 'YEARLY')) {
    const date = new Date(start);
    const month = rule.freq === 'MONTHLY' ? date.getUTCMonth() : 0;
    return Date.UTC(date.getUTCFullYear(), month, 1) + (((start % DAY) + DAY) % DAY);
  }
  const step = (STEPS[rule.freq] ?? 0) * Math.max(1, rule.interval);
  const counted = rule.count !== null && rule.count !== undefined;
  if (step === 0 || counted || window.start - start < 2 * step) return start;
  return start + Math.floor((window.start - start - step) / step) * step;
}

/** Which of the dates that ical.js gives are dates of the rule. */
function dateFilter(rule: ICAL.Recur, start: number): (time: ICAL.Time) => boolean {
  const parts = rule.parts as Readonly<Record<string, readonly (string | number)[] | undefined>>;
  const first = new Date(start);
  const days = parts.BYMONTHDAY?.map(Number);
  const months = parts.BYMONTH?.map(Number);
  const weeks = parts.BYWEEKNO?.map(Number);
  const byDay = days !== undefined || weeks !== undefined || parts.BYDAY !== undefined || parts.BYYEARDAY !== undefined;
  const sameDay = !byDay && (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY');
  const positive = days?.every((day) => day > 0) === true;
  return (time) =>
    (!sameDay || time.day === first.getUTCDate()) &&
    (!positive || days.includes(time.day)) &&
    (months === undefined || months.includes(time.month)) &&
    (weeks === undefined || isWeek(time, weeks, rule));
}

function isWeek(time: ICAL.Time, weeks: readonly number[], rule: ICAL.Recur): boolean {
  const next = time.clone();
  next.day += 7;
  const isLast = next.weekNumber(rule.wkst) === 1;
  return weeks.includes(time.weekNumber(rule.wkst)) || (isLast && weeks.includes(-1));
}

function bounded(walk: () => RecurrenceWalls, timeout: number): RecurrenceWalls {
  const slot = '__pyraRecurrence';
  const shared = globalThis as unknown as Record<string, unknown>;
  shared[slot] = walk;
  try {
    // A script with a time limit can be stopped in the middle of a loop, whatever it has called.
    return new Script(`${slot}()`).runInThisContext({ timeout }) as RecurrenceWalls;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { walls: [], cut: true };
    throw thrown;
  } finally {
    delete shared[slot];
  }
}
