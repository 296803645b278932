import ICAL from 'ical.js';
import { fileZone, ianaZone, UTC, type Zone } from './time-zone.js';
import { isUsualZone } from './usual-zone.js';
import { WINDOWS_ZONES } from './windows-zones.js';

/** A moment as a calendar file says it. */
export interface Moment {
  /** The wall time; of a date its midnight. */
  readonly wall: number;
  /** Whether it is a date without a time. */
  readonly date: boolean;
  /** The zone of the wall time; absent for a date and for a floating time, which is in the zone of whoever looks. */
  readonly zone?: Zone;
}

/** The zones that a calendar file defines. */
export interface FileZones {
  get(id: string): Zone | undefined;
}

/** A calendar file, read: one entry of a calendar, with the exceptions of a recurring one. */
export interface CalendarFile {
  readonly root: ICAL.Component;
  readonly components: readonly ICAL.Component[];
  /** The zones that the file defines, by their ids. */
  readonly zones: FileZones;
  /** Whether lines of it could not be read and were left out; it must not be written back then. */
  readonly broken: boolean;
}

/** Reads a calendar file; `undefined` when it is none. `name` is the kind of entries that are wanted. */
export function readCalendarFile(text: string, name: 'vevent' | 'vtodo'): CalendarFile | undefined {
  const whole = attempt(() => parsed(text));
  const jcal = whole ?? attempt(() => parsed(withoutBrokenLines(text)));
  if (jcal === undefined || jcal[0] !== 'vcalendar') return undefined;
  const root = new ICAL.Component([...jcal]);
  return { root, components: root.getAllSubcomponents(name), zones: zonesOf(root), broken: whole === undefined };
}

/** The first component of a text; more than one is not allowed in a calendar's entry. */
function parsed(text: string): readonly unknown[] {
  const result: unknown = ICAL.parse(text);
  if (!Array.isArray(result)) throw new Error('nothing in it');
  return Array.isArray(result[0]) ? result[0] : result;
}

/** ical.js refuses a whole file for one line that it cannot read, such as a recurrence that is none. */
function withoutBrokenLines(text: string): string {
  const lines = text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  return lines.filter((line) => /^(?:BEGIN|END):/i.test(line) || attempt(() => ICAL.parse.property(line)) !== undefined).join('\r\n');
}

/** The zones that were worked out, by their definitions: most files of a calendar bring the same ones. */
const workedOut = new Map<string, Zone | undefined>();
const MOST_ZONES = 200;

/** Only what is asked for is worked out: that takes longer than all the rest of a file. */
function zonesOf(root: ICAL.Component): FileZones {
  return {
    get(id) {
      const component = root.getAllSubcomponents('vtimezone').find((one) => textOf(one, 'tzid') === id);
      if (component === undefined) return undefined;
      const definition = JSON.stringify(component.jCal);
      if (workedOut.has(definition)) return workedOut.get(definition);
      const zone = definedZone(component, id);
      if (workedOut.size >= MOST_ZONES) workedOut.clear();
      workedOut.set(definition, zone);
      return zone;
    },
  };
}

/** A definition that cannot be worked out is as good as none. */
function definedZone(component: ICAL.Component, id: string): Zone | undefined {
  if (component.getAllSubcomponents().length === 0 || !isUsualZone(component)) return undefined;
  // The component goes on to be changed with its file; the zone keeps its own.
  const own = new ICAL.Component(structuredClone(component.jCal));
  const zone = fileZone(new ICAL.Timezone({ component: own, tzid: id }), timeAt);
  return attempt(() => Number.isFinite(zone.instantOf(0))) === true ? zone : undefined;
}

/** A time of ical.js, without a zone, at a wall time. */
export function timeAt(wall: number): ICAL.Time {
  const date = new Date(wall);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      isDate: false,
    },
    ICAL.Timezone.localTimezone,
  );
}

/** The wall time of a time of ical.js. */
export function wallOfTime(time: ICAL.Time): number {
  return Date.UTC(
    time.year,
    time.month - 1,
    time.day,
    time.isDate ? 0 : time.hour,
    time.isDate ? 0 : time.minute,
    time.isDate ? 0 : time.second,
  );
}

/** The zone of an id: the file's own definition first, then the one that Node knows by that name, or by a name in it. */
export function zoneNamed(id: string, zones: FileZones): Zone | undefined {
  const own = zones.get(id);
  if (own !== undefined) return own;
  const windows = WINDOWS_ZONES[id];
  // Some programs put something before it: /citadel.org/20210210_1/Europe/Berlin
  const ending = /([A-Za-z_]+\/[A-Za-z_+-]+(?:\/[A-Za-z_+-]+)?)$/.exec(id)?.[1];
  return ianaZone(windows ?? id) ?? (ending === undefined ? undefined : (ianaZone(ending) ?? ianaZone(ending.replace(/^[^/]+\//, ''))));
}

/** The moment that a property of the kind of DTSTART says; `undefined` when there is none that can be read. */
export function momentOf(property: ICAL.Property | null, zones: FileZones): Moment | undefined {
  const value = property === null ? undefined : attempt(() => property.getFirstValue());
  return value instanceof ICAL.Time && property !== null ? momentOfTime(value, property, zones) : undefined;
}

/** The moment of one value of a property, which says its zone. */
export function momentOfTime(time: ICAL.Time, property: ICAL.Property, zones: FileZones): Moment | undefined {
  const wall = wallOfTime(time);
  if (!Number.isFinite(wall)) return undefined;
  if (time.isDate) return { wall, date: true };
  if (time.zone === ICAL.Timezone.utcTimezone || /Z$/.test(time.toString())) return { wall, date: false, zone: UTC };
  const id = property.getFirstParameter('tzid');
  const zone = typeof id === 'string' && id !== '' ? zoneNamed(id, zones) : undefined;
  return { wall, date: false, ...(zone === undefined ? {} : { zone }) };
}

/** The instant of a moment, for someone in a zone. */
export function instantOf(moment: Moment, home: Zone): number {
  return (moment.zone ?? home).instantOf(moment.wall);
}

/** The text of a property; empty when there is none. */
export function textOf(component: ICAL.Component, name: string): string {
  const value = attempt(() => component.getFirstPropertyValue(name));
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
}

/** What a part of a broken file gives: nothing, in place of an error. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
