import ICAL from 'ical.js';
import { attempt, type FileZones, instantOf, type Moment, momentOf } from './calendar-file.js';
import type { Zone } from './time-zone.js';

const DAY = 86_400_000;

/** How long something takes: DTEND says an exact time, the days of DURATION are days of the calendar (RFC 5545, 3.8.5.3). In milliseconds. */
export interface SpanLength {
  readonly days: number;
  readonly exact: number;
}

/** When something begins, and how long it takes. */
export interface EventSpan {
  readonly from: Moment;
  readonly length: SpanLength;
}

/** The span of an event; `undefined` when it has no beginning that can be read. */
export function eventSpan(component: ICAL.Component, zones: FileZones, home: Zone): EventSpan | undefined {
  const from = momentOf(component.getFirstProperty('dtstart'), zones);
  if (from === undefined) return undefined;
  const end = momentOf(component.getFirstProperty('dtend'), zones);
  if (end !== undefined) {
    if (from.date) return { from, length: { days: Math.max(1, Math.round((end.wall - from.wall) / DAY)), exact: 0 } };
    return { from, length: { days: 0, exact: Math.max(0, instantOf(end, home) - instantOf(from, home)) } };
  }
  const duration = attempt(() => component.getFirstPropertyValue('duration'));
  if (duration instanceof ICAL.Duration && !duration.isNegative) {
    const days = duration.weeks * 7 + duration.days;
    if (from.date) return { from, length: { days: Math.max(1, days), exact: 0 } };
    return { from, length: { days, exact: (duration.hours * 3_600 + duration.minutes * 60 + duration.seconds) * 1_000 } };
  }
  return { from, length: { days: from.date ? 1 : 0, exact: 0 } };
}

/** About how long it is, in milliseconds. */
export function nominalLength({ days, exact }: SpanLength): number {
  return days * DAY + exact;
}

/** When a span that begins at a moment is over: the instant, and the same as a moment. */
export function spanEnd({ from, length }: EventSpan, home: Zone): { readonly end: number; readonly until: Moment } {
  const zone = from.zone ?? home;
  const day = from.wall + length.days * DAY;
  const end = Math.max(instantOf(from, home), zone.instantOf(day) + length.exact);
  return { end, until: { ...from, wall: from.date ? day : zone.wallOf(end) } };
}
