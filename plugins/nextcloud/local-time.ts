import { ToolFailure } from 'pyra/plugin';
import { ianaZone, UTC, type Zone } from './time-zone.js';

const DAY = 86_400_000;
const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A date or a time as a tool's argument says it. */
export interface GivenTime {
  /** The wall time, of a date its midnight. */
  readonly wall: number;
  readonly date: boolean;
  /** What it is away from UTC in milliseconds, where that is said. */
  readonly offset?: number;
}

/**
 * Reads `2026-03-30`, `2026-03-30T09:30`, `2026-03-30T09:30:00+02:00` or `…Z`.
 * @throws ToolFailure when it is none of them, or no day that there is.
 */
export function parseTime(text: string, what: string): GivenTime {
  const [, year, month, day, hour, minute = '0', second = '0', offset] = TIME.exec(text.trim()) ?? [];
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute), Number(second));
  const there = Number(year) >= 1 && Number(hour ?? 0) < 24 && Number(minute) < 60 && Number(second) < 61;
  if (!Number.isFinite(wall) || !there || new Date(wall - (wall % 1_000)).getUTCMonth() !== Number(month) - 1) {
    throw new ToolFailure(
      `${what} ${JSON.stringify(text.slice(0, 60))} is no date or time; write 2026-03-30, 2026-03-30T09:30 or 2026-03-30T09:30:00+02:00`,
    );
  }
  if (hour === undefined) return { wall, date: true };
  return offset === undefined ? { wall, date: false } : { wall, date: false, offset: offsetOf(offset) };
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The instant of a given time, for someone in a zone. */
export function givenInstant(time: GivenTime, home: Zone): number {
  return time.offset === undefined ? home.instantOf(time.wall) : time.wall - time.offset;
}

/**
 * The time from one given time to another; a date at the end is meant whole.
 * @throws ToolFailure when it ends before it begins, or is longer than `longestDays`.
 */
export function parseWindow(from: string, to: string, home: Zone, longestDays: number): { readonly start: number; readonly end: number } {
  const last = parseTime(to, 'to');
  const start = givenInstant(parseTime(from, 'from'), home);
  const end = givenInstant(last.date ? { ...last, wall: last.wall + DAY } : last, home);
  if (end <= start) throw new ToolFailure('the time ends before it begins: is `to` after `from`?');
  if (end - start > longestDays * DAY + 2 * DAY) throw new ToolFailure(`the time is longer than ${longestDays} days; ask for less at once`);
  return { start, end };
}

/**
 * The zone of a call: the given one, else that of the account, of a calendar, of this machine.
 * @throws ToolFailure when the given one is none.
 */
export function homeZone(given: string | undefined, ...others: readonly (string | undefined)[]): Zone {
  if (given !== undefined && given.trim() !== '') {
    const zone = ianaZone(given.trim());
    if (zone === undefined) throw new ToolFailure(`${JSON.stringify(given)} is no time zone; write one such as Europe/Berlin`);
    return zone;
  }
  for (const id of [...others, Intl.DateTimeFormat().resolvedOptions().timeZone]) {
    const zone = id === undefined ? undefined : ianaZone(id);
    if (zone !== undefined) return zone;
  }
  return UTC;
}

/** A wall time as `2026-03-30T09:30`, with seconds only where there are some; a date as `2026-03-30`. */
export function wallText(wall: number, date = false): string {
  const text = new Date(wall).toISOString();
  if (date) return text.slice(0, 10);
  return text.slice(17, 19) === '00' ? text.slice(0, 16) : text.slice(0, 19);
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A day with its weekday: `Mon 2026-03-30`. */
export function dayText(wall: number): string {
  return `${WEEKDAYS[new Date(wall).getUTCDay()]} ${wallText(wall, true)}`;
}

/** From when to when, for the eyes: `Mon 2026-03-30 09:30–09:45`, `Fri 2026-04-10 – Sun 2026-04-12, all day`. Wall times; the end is not in it. */
export function spanText(start: number, end: number, allDay: boolean): string {
  if (allDay) {
    const last = Math.max(start, end - DAY);
    return last === start ? `${dayText(start)}, all day` : `${dayText(start)} – ${dayText(last)}, all day`;
  }
  const clock = (wall: number) => wallText(wall).slice(11);
  if (start === end) return `${dayText(start)} ${clock(start)}`;
  const sameDay = wallText(start, true) === wallText(end, true);
  return `${dayText(start)} ${clock(start)}–${sameDay ? clock(end) : `${dayText(end)} ${clock(end)}`}`;
}
