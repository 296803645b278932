import ICAL from 'ical.js';
import { ToolFailure } from 'pyra/plugin';
import { attempt, instantOf, type Moment, timeAt, wallOfTime } from './calendar-file.js';
import { type GivenTime, parseTime, wallText } from './local-time.js';
import { plainText } from './plain-text.js';
import { recurrenceWalls } from './recurrence-walls.js';
import { ianaZone, UTC, type Zone } from './time-zone.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What a tool may say of an event; a draft of `email.events` has the same names. */
export interface EventFields {
  readonly title?: string;
  readonly start?: string;
  readonly end?: string;
  readonly timezone?: string;
  readonly allDay?: boolean;
  readonly location?: string;
  readonly description?: string;
  readonly recurrence?: string;
  readonly status?: 'confirmed' | 'tentative' | 'cancelled';
}

/** When an event begins and ends; the end of a whole day is the day after. */
export interface EventTimes {
  readonly from: Moment;
  readonly until: Moment;
}

/**
 * Works out when an event is meant to be. `before` is when it was, for a change: what is not said stays.
 * @throws ToolFailure for times that do not fit together.
 */
export function eventTimes(fields: EventFields, home: Zone, before?: EventTimes): EventTimes {
  const start = fields.start === undefined || fields.start.trim() === '' ? undefined : parseTime(fields.start, 'start');
  const end = fields.end === undefined || fields.end.trim() === '' ? undefined : parseTime(fields.end, 'end');
  const given = fields.timezone === undefined || fields.timezone.trim() === '' ? undefined : namedZone(fields.timezone);
  const allDay = fields.allDay ?? start?.date ?? before?.from.date ?? false;
  const from = start === undefined ? before?.from : allDay ? dayOf(start, given ?? home) : moment(start, given, before?.from, home);
  if (from === undefined) throw new ToolFailure('the event needs a start');
  if (from.date !== allDay) throw new ToolFailure(`the event needs a start ${allDay ? 'day' : 'time'}: give start too`);
  const rezoned = start === undefined && given !== undefined && !from.date ? { ...from, zone: given } : from;
  return { from: rezoned, until: untilOf(end, rezoned, { allDay, given, home, before }) };
}

interface EndContext {
  readonly allDay: boolean;
  readonly given: Zone | undefined;
  readonly home: Zone;
  readonly before: EventTimes | undefined;
}

function untilOf(end: GivenTime | undefined, from: Moment, { allDay, given, home, before }: EndContext): Moment {
  if (end === undefined) {
    const kept = before !== undefined && before.from.date === allDay ? before.until.wall - before.from.wall : undefined;
    return { ...from, wall: from.wall + (kept ?? (allDay ? DAY : HOUR)) };
  }
  if (allDay) {
    const last = dayOf(end, given ?? home).wall;
    if (last < from.wall) throw new ToolFailure('the event ends before it begins');
    return { wall: last + DAY, date: true };
  }
  if (end.date) throw new ToolFailure('the end needs a time, as the start has one');
  const until = moment(end, given, from, home);
  const zone = (one: Moment) => one.zone ?? home;
  if (zone(until).instantOf(until.wall) < zone(from).instantOf(from.wall)) throw new ToolFailure('the event ends before it begins');
  return until;
}

function dayOf(time: GivenTime, home: Zone): Moment {
  const wall = time.offset === undefined ? time.wall : home.wallOf(time.wall - time.offset);
  return { wall: Math.floor(wall / DAY) * DAY, date: true };
}

/** A time with an offset is put into the zone in which the event is; a time without one is in it already. */
function moment(time: GivenTime, given: Zone | undefined, before: Moment | undefined, home: Zone): Moment {
  const floating = given === undefined && before !== undefined && !before.date && before.zone === undefined;
  if (time.offset === undefined)
    return floating ? { wall: time.wall, date: false } : { wall: time.wall, date: false, zone: given ?? zoneOf(before) ?? home };
  const zone = given ?? zoneOf(before) ?? (time.offset === 0 ? UTC : home);
  return { wall: zone.wallOf(time.wall - time.offset), date: false, zone };
}

function zoneOf(before: Moment | undefined): Zone | undefined {
  return before?.date === false ? before.zone : undefined;
}

function namedZone(name: string): Zone {
  const zone = ianaZone(name.trim());
  if (zone === undefined) throw new ToolFailure(`${JSON.stringify(name)} is no time zone; write one such as Europe/Berlin`);
  return zone;
}

/** Writes a moment into a property such as DTSTART. */
export function setMoment(component: ICAL.Component, name: string, { wall, date, zone }: Moment): void {
  component.removeAllProperties(name);
  component.addProperty(momentProperty(name, { wall, date, ...(zone === undefined ? {} : { zone }) }));
}

/** A property with a moment as its value. */
export function momentProperty(name: string, { wall, date, zone }: Moment): ICAL.Property {
  const property = new ICAL.Property(name);
  const time = timeAt(wall);
  if (date) {
    time.isDate = true;
    property.resetType('date');
  } else if (zone?.id === 'UTC') time.zone = ICAL.Timezone.utcTimezone;
  property.setValue(time);
  if (!date && zone !== undefined && zone.id !== 'UTC') property.setParameter('tzid', zone.id);
  return property;
}

/** Writes the start and the end; a DURATION goes. */
export function setTimes(component: ICAL.Component, { from, until }: EventTimes): void {
  setMoment(component, 'dtstart', from);
  component.removeAllProperties('duration');
  setMoment(component, 'dtend', until);
}

const TEXTS = { title: 'summary', location: 'location', description: 'description' } as const;

/** Writes the texts and the status that are given; an empty one removes. */
export function setTexts(component: ICAL.Component, fields: EventFields): void {
  for (const [key, name] of Object.entries(TEXTS) as readonly (readonly [keyof typeof TEXTS, string])[]) {
    const text = fields[key];
    if (text === undefined) continue;
    if (text.trim() === '') component.removeAllProperties(name);
    else component.updatePropertyWithValue(name, plainText(text));
  }
  if (fields.status !== undefined) component.updatePropertyWithValue('status', fields.status.toUpperCase());
}

/**
 * Reads an RRULE, and puts its end into the form that the start asks for (RFC 5545, 3.3.10).
 * @throws ToolFailure when it is none, or does not fit the start.
 */
export function parseRecurrence(text: string, from: Moment, home: Zone): ICAL.Recur {
  // ical.js reads 2026-11-02 as another day.
  const compact = (until: string) => until.replace(/[-:]/g, '');
  const written = text
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/(?<=UNTIL=)[^;]+/i, compact);
  const rule = attempt(() => ICAL.Recur.fromString(written));
  if (rule === undefined || (rule.freq as string | null) === null) {
    throw new ToolFailure(`${JSON.stringify(text.slice(0, 200))} is no recurrence; write an RRULE such as FREQ=WEEKLY;BYDAY=MO`);
  }
  const until = rule.until as ICAL.Time | null;
  if (until !== null && until !== undefined) {
    const wall = Date.UTC(until.year, until.month - 1, until.day, until.hour, until.minute, until.second);
    if (from.date) rule.until = dateTime(Math.floor(wall / DAY) * DAY);
    else if (until.isDate) rule.until = instantTime((from.zone ?? home).instantOf(wall + DAY - 1_000));
    else if (until.zone !== ICAL.Timezone.utcTimezone && from.zone !== undefined) rule.until = instantTime(from.zone.instantOf(wall));
  }
  if (isOver(rule, from, home)) throw new ToolFailure(`${written} ends before the event begins`);
  if (!fits(rule, from)) {
    throw new ToolFailure(
      `the start ${wallText(from.wall, from.date)} is none of the days of ${written}; change the start or the recurrence`,
    );
  }
  return rule;
}

function isOver(rule: ICAL.Recur, from: Moment, home: Zone): boolean {
  const until = rule.until as ICAL.Time | null | undefined;
  if (until === null || until === undefined) return false;
  const limit = wallOfTime(until);
  const isInstant = !from.date && until.zone === ICAL.Timezone.utcTimezone;
  return limit < (isInstant ? instantOf(from, home) : from.wall);
}

/** Whether something that begins at a moment can repeat by a rule: the first occurrence has to be one of the rule's. */
export function fits(rule: ICAL.Recur, from: Moment): boolean {
  const walls = attempt(() => recurrenceWalls(rule, from.wall, { start: from.wall, end: from.wall + 1 }, 1, () => false));
  return walls === undefined || walls.cut || walls.walls[0] === from.wall;
}

function dateTime(wall: number): ICAL.Time {
  const time = timeAt(wall);
  time.isDate = true;
  return time;
}

function instantTime(instant: number): ICAL.Time {
  const time = timeAt(instant);
  time.zone = ICAL.Timezone.utcTimezone;
  return time;
}
