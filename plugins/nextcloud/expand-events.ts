import ICAL from 'ical.js';
import { attempt, type CalendarFile, instantOf, type Moment, momentOf, momentOfTime } from './calendar-file.js';
import { type EventSpan, eventSpan, nominalLength, spanEnd } from './event-span.js';
import type { Occurrence } from './occurrence.js';
import { recurrenceWalls } from './recurrence-walls.js';
import type { Zone } from './time-zone.js';

/** From when to when, in milliseconds since 1970; what ends at `start` or starts at `end` is outside. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** The occurrences of a file in a window. */
export interface Expansion {
  readonly occurrences: readonly Occurrence[];
  /** Whether there are more, which were not worked out. */
  readonly cut: boolean;
}

const DAY = 86_400_000;
const MOST_OCCURRENCES = 2_000;
/** An honest event has one (RFC 5545, 3.8.5.3). */
const MOST_RULES = 10;

/** Finds when the events of a file take place in a window, for someone in the zone `home`: recurrences, exceptions and moved ones among them. */
export function expandEvents(file: CalendarFile, window: TimeWindow, home: Zone): Expansion {
  const occurrences: Occurrence[] = [];
  let cut = file.broken;
  for (const components of byUid(file.components)) {
    const series = readSeries(components, file, home);
    const expansion = series.rules.length === 0 ? single(series, file, window, home) : recurring(series, file, window, home);
    occurrences.push(...expansion.occurrences);
    cut ||= expansion.cut;
  }
  return { occurrences: occurrences.toSorted((left, right) => left.start - right.start || left.end - right.end), cut };
}

interface Exception {
  readonly component: ICAL.Component;
  readonly instance: Moment;
  readonly andFuture: boolean;
}

interface Series {
  readonly master: ICAL.Component | undefined;
  readonly exceptions: readonly Exception[];
  /** The properties that make it recur: RRULE and RDATE. */
  readonly rules: readonly ICAL.Property[];
}

function byUid(components: readonly ICAL.Component[]): readonly (readonly ICAL.Component[])[] {
  return [...Map.groupBy(components, (component) => String(attempt(() => component.getFirstPropertyValue('uid')) ?? '')).values()];
}

function readSeries(components: readonly ICAL.Component[], file: CalendarFile, home: Zone): Series {
  const master = components.find((component) => !component.hasProperty('recurrence-id'));
  const exceptions = components.flatMap((component) => {
    const property = component.getFirstProperty('recurrence-id');
    const instance = momentOf(property, file.zones);
    if (property === null || instance === undefined) return [];
    return [{ component, instance, andFuture: String(property.getFirstParameter('range')).toUpperCase() === 'THISANDFUTURE' }];
  });
  const rules = master === undefined ? [] : [...master.getAllProperties('rrule'), ...master.getAllProperties('rdate')];
  return {
    master,
    exceptions: exceptions.toSorted((left, right) => instantOf(left.instance, home) - instantOf(right.instance, home)),
    rules,
  };
}

/** An event that does not recur, or exceptions of one that is not there: an invitation to one occurrence has no more. */
function single({ master, exceptions }: Series, file: CalendarFile, window: TimeWindow, home: Zone): Expansion {
  const span = (component: ICAL.Component) => eventSpan(component, file.zones, home);
  const found = [
    ...(master === undefined ? [] : occurrencesAt(master, span(master), undefined, false, home)),
    ...exceptions.flatMap(({ component, instance }) => occurrencesAt(component, span(component), instance, true, home)),
  ];
  return { occurrences: found.filter((occurrence) => isIn(occurrence, window)), cut: false };
}

function recurring(series: Series, file: CalendarFile, window: TimeWindow, home: Zone): Expansion {
  const { master, exceptions } = series;
  const span = (component: ICAL.Component) => eventSpan(component, file.zones, home);
  const own = master === undefined ? undefined : span(master);
  if (master === undefined || own === undefined) return { occurrences: [], cut: false };
  const length = Math.max(
    ...[own, ...exceptions.flatMap(({ component }) => span(component) ?? [])].map((one) => nominalLength(one.length)),
  );
  const shift = Math.max(
    0,
    ...exceptions.filter(({ andFuture }) => andFuture).map(({ component, instance }) => Math.abs(moved(component, instance, file))),
  );
  const zone = own.from.zone ?? home;
  // Two days to each side: zones are apart, and what is long begins before.
  const walls = { start: zone.wallOf(window.start) - length - shift - 2 * DAY, end: zone.wallOf(window.end) + shift + 2 * DAY };
  const { dates, cut } = seriesDates(master, own, file, walls, home);
  const replaced = new Set(exceptions.map(({ instance }) => instantOf(instance, home)));
  const regular = dates.flatMap((date) => {
    const instant = instantOf(date, home);
    if (replaced.has(instant)) return [];
    const ruling = exceptions.findLast(({ andFuture, instance }) => andFuture && instantOf(instance, home) <= instant);
    return ruling === undefined ? occurrencesAt(master, { ...own, from: date }, date, false, home) : following(ruling, date, file, home);
  });
  const replacing = exceptions.flatMap(({ component, instance }) => occurrencesAt(component, span(component), instance, true, home));
  return { occurrences: [...regular, ...replacing].filter((occurrence) => isIn(occurrence, window)), cut };
}

/** An occurrence after an exception that rules all that follow: moved by as much, as long and as named as that. */
function following(ruling: Exception, date: Moment, file: CalendarFile, home: Zone): readonly Occurrence[] {
  const own = eventSpan(ruling.component, file.zones, home);
  if (own === undefined) return [];
  const from = { ...own.from, wall: date.wall + moved(ruling.component, ruling.instance, file) };
  return occurrencesAt(ruling.component, { ...own, from }, date, false, home);
}

/** By how much an exception moves what it replaces, in wall time. */
function moved(component: ICAL.Component, instance: Moment, file: CalendarFile): number {
  const from = momentOf(component.getFirstProperty('dtstart'), file.zones);
  if (from === undefined) return 0;
  const same = from.zone?.id === instance.zone?.id || instance.zone === undefined || from.zone === undefined;
  return same ? from.wall - instance.wall : from.wall - from.zone.wallOf(instance.zone.instantOf(instance.wall));
}

/** The dates at which a series takes place before its exceptions: the first one, RRULE and RDATE, less EXDATE and EXRULE. */
function seriesDates(
  master: ICAL.Component,
  own: EventSpan,
  file: CalendarFile,
  window: TimeWindow,
  home: Zone,
): { readonly dates: readonly Moment[]; readonly cut: boolean } {
  const zone = own.from.zone ?? home;
  const ruled = (name: 'rrule' | 'exrule') =>
    master
      .getAllProperties(name)
      .slice(0, MOST_RULES)
      .map((property) => {
        const rule = attempt(() => property.getFirstValue());
        if (!(rule instanceof ICAL.Recur) || (rule.freq as string | null) === null) return { walls: [], cut: true };
        return (
          attempt(() => recurrenceWalls(rule, own.from.wall, window, MOST_OCCURRENCES, untilFilter(rule, own.from, zone))) ?? {
            walls: [],
            cut: true,
          }
        );
      });
  const rules = ruled('rrule');
  const listed = listedMoments(master, 'rdate', file).filter(({ wall }) => wall >= window.start && wall < window.end);
  const excluded = listedMoments(master, 'exdate', file);
  const instants = new Set([
    ...excluded.filter(({ date }) => date === own.from.date).map((moment) => instantOf(moment, home)),
    ...ruled('exrule').flatMap(({ walls }) => walls.map((wall) => zone.instantOf(wall))),
  ]);
  const days = new Set(excluded.filter(({ date }) => date && !own.from.date).map(({ wall }) => wall));
  const dates = new Map<number, Moment>();
  const first = own.from.wall >= window.start && own.from.wall < window.end ? [own.from] : [];
  const walls = rules.flatMap((rule) => rule.walls).map((wall): Moment => ({ ...own.from, wall }));
  for (const moment of [...first, ...walls, ...listed]) {
    const instant = instantOf(moment, home);
    if (!instants.has(instant) && !days.has(Math.floor(moment.wall / DAY) * DAY)) dates.set(instant, moment);
  }
  const left = ['rrule', 'exrule'].some((name) => master.getAllProperties(name).length > MOST_RULES);
  return { dates: [...dates.values()], cut: left || rules.some((rule) => rule.cut) };
}

/** Whether a wall time is after UNTIL, which may be a date (that day is still among them), a wall time or an instant. */
function untilFilter(rule: ICAL.Recur, from: Moment, zone: Zone): (wall: number) => boolean {
  const until = rule.until as ICAL.Time | null | undefined;
  if (until === null || until === undefined) return () => false;
  const limit = Date.UTC(until.year, until.month - 1, until.day, until.hour, until.minute, until.second);
  if (until.isDate || from.date) return (wall) => Math.floor(wall / DAY) * DAY > limit;
  const isInstant = until.zone === ICAL.Timezone.utcTimezone || until.toString().endsWith('Z');
  return isInstant ? (wall) => zone.instantOf(wall) > limit : (wall) => wall > limit;
}

function listedMoments(component: ICAL.Component, name: 'rdate' | 'exdate', file: CalendarFile): readonly Moment[] {
  return component.getAllProperties(name).flatMap((property) =>
    (attempt(() => property.getValues()) ?? []).flatMap((value: unknown) => {
      const time = value instanceof ICAL.Period ? value.start : value;
      return time instanceof ICAL.Time ? (momentOfTime(time, property, file.zones) ?? []) : [];
    }),
  );
}

function occurrencesAt(
  component: ICAL.Component,
  span: EventSpan | undefined,
  instance: Moment | undefined,
  isException: boolean,
  home: Zone,
): readonly Occurrence[] {
  if (span === undefined) return [];
  const more = instance === undefined ? {} : { instance };
  const start = instantOf(span.from, home);
  return [{ component, start, allDay: span.from.date, from: span.from, ...spanEnd(span, home), isException, ...more }];
}

function isIn({ start, end }: Occurrence, window: TimeWindow): boolean {
  return start < window.end && (end > window.start || (start === end && start >= window.start));
}
