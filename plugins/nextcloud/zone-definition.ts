import ICAL from 'ical.js';
import { timeAt } from './calendar-file.js';
import type { Zone } from './time-zone.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
/** Years that are looked at, from that of the event on; a rule has to hold in all of them. */
const YEARS = 6;

interface Change {
  /** The wall time of the change, by the clock before it. */
  readonly wall: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Defines a zone for a calendar file (RFC 5545, 3.6.5), which has to bring the definitions of the zones that it names: as it is from the
 * year of a wall time on, with rules for every year where the zone has such.
 */
export function zoneDefinition(zone: Zone, wall: number): ICAL.Component {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', zone.id);
  const year = new Date(wall).getUTCFullYear() - 1;
  const changes = changesOf(zone, Date.UTC(year, 0, 1), Date.UTC(year + YEARS, 0, 1));
  const [first] = changes;
  if (first === undefined) {
    const offset = offsetAt(zone, wall);
    component.addSubcomponent(observance('standard', { wall: Date.UTC(1970, 0, 1), before: offset, after: offset }, []));
    return component;
  }
  for (const forward of [false, true]) {
    const own = changes.filter(({ before, after }) => after > before === forward);
    const [start] = own;
    if (start !== undefined) component.addSubcomponent(observance(forward ? 'daylight' : 'standard', start, own));
  }
  return component;
}

function observance(name: 'standard' | 'daylight', start: Change, changes: readonly Change[]): ICAL.Component {
  const component = new ICAL.Component(name);
  component.addPropertyWithValue('dtstart', timeAt(start.wall));
  const rule = yearlyRule(changes);
  if (rule !== undefined) component.addPropertyWithValue('rrule', ICAL.Recur.fromString(rule));
  else for (const { wall } of changes.slice(1)) component.addPropertyWithValue('rdate', timeAt(wall));
  component.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(start.before / 1_000));
  component.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(start.after / 1_000));
  return component;
}

/** The rule that all changes follow, such as the last Sunday of March; `undefined` when there is none. */
function yearlyRule(changes: readonly Change[]): string | undefined {
  const dates = changes.map(({ wall }) => new Date(wall));
  const [first] = dates;
  if (first === undefined || dates.length < YEARS - 1) return undefined;
  const same = (of: (date: Date) => number) => dates.every((date) => of(date) === of(first));
  if (!same((date) => date.getUTCMonth()) || !same((date) => date.getUTCDay()) || !same((date) => date.getTime() % DAY)) return undefined;
  const start = `FREQ=YEARLY;BYMONTH=${first.getUTCMonth() + 1}`;
  const weekday = WEEKDAYS[first.getUTCDay()];
  const isLast = (date: Date) => new Date(date.getTime() + 7 * DAY).getUTCMonth() !== date.getUTCMonth();
  if (dates.every(isLast)) return `${start};BYDAY=-1${weekday}`;
  const nth = (date: Date) => Math.ceil(date.getUTCDate() / 7);
  return same(nth) ? `${start};BYDAY=${nth(first)}${weekday}` : undefined;
}

function changesOf(zone: Zone, start: number, end: number): readonly Change[] {
  const changes: Change[] = [];
  for (let instant = start; instant < end; instant += DAY) {
    const [before, after] = [offsetAt(zone, instant), offsetAt(zone, instant + DAY)];
    if (before === after) continue;
    let [low, high] = [instant, instant + DAY];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offsetAt(zone, middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ wall: high + before, before, after });
  }
  return changes;
}

function offsetAt(zone: Zone, instant: number): number {
  return zone.wallOf(instant) - instant;
}
