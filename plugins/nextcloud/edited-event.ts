import ICAL from 'ical.js';
import { ToolFailure } from 'pyra/plugin';
import { attempt, type CalendarFile, instantOf, momentOf, readCalendarFile } from './calendar-file.js';
import type { EventTimes } from './event-fields.js';
import { eventSpan, spanEnd } from './event-span.js';
import { eventView, instanceText, participantText } from './event-view.js';
import { expandEvents } from './expand-events.js';
import { parseTime, spanText } from './local-time.js';
import type { Occurrence } from './occurrence.js';
import type { Zone } from './time-zone.js';
import { zoneDefinition } from './zone-definition.js';

const DAY = 86_400_000;

/**
 * Reads an event that is to be changed.
 * @throws ToolFailure when it cannot be read whole: writing it back would lose what cannot be read.
 */
export function editableEvent(text: string): CalendarFile {
  const file = readCalendarFile(text, 'vevent');
  if (file === undefined || file.broken || file.components.length === 0) {
    throw new ToolFailure('the event cannot be read whole, so it is not changed here; change it with the calendar program');
  }
  return file;
}

/** The component that stands for the whole event: that of the series, or the only one. */
export function mainComponent({ components }: CalendarFile): ICAL.Component {
  const main = components.find((component) => !component.hasProperty('recurrence-id')) ?? components[0];
  if (main === undefined) throw new ToolFailure('there is no event in the entry');
  return main;
}

/**
 * Finds an occurrence of a recurring event by its instance, as `events` gives it.
 * @throws ToolFailure when there is none.
 */
export function occurrenceOf(file: CalendarFile, instance: string, home: Zone): Occurrence {
  const given = parseTime(instance, 'instance');
  // Exceptions may lie anywhere; what they stand for is near the instance.
  const near = { start: given.wall - 3 * DAY, end: given.wall + 3 * DAY };
  const exceptions = file.components.flatMap((component) => {
    const replaced = momentOf(component.getFirstProperty('recurrence-id'), file.zones);
    const span = replaced === undefined ? undefined : eventSpan(component, file.zones, home);
    return span === undefined ? [] : [instantOf(span.from, home)];
  });
  const window = { start: Math.min(near.start, ...exceptions), end: Math.max(near.end, ...exceptions.map((start) => start + 1)) };
  for (const search of [near, window]) {
    const found = expandEvents(file, search, home).occurrences.find(
      (one) => one.instance !== undefined && instanceText(one.instance) === normal(instance),
    );
    if (found !== undefined) return found;
  }
  throw new ToolFailure(
    `there is no occurrence ${JSON.stringify(instance)} of that event; take the instance from nextcloud.events as it is`,
  );
}

function normal(instance: string): string {
  return instance.trim().replace(/:00(?=Z?$)/, (seconds, at: number) => (at > 13 ? '' : seconds));
}

/** When a component is, as it says itself. */
export function timesOf(component: ICAL.Component, file: CalendarFile, home: Zone): EventTimes {
  const span = eventSpan(component, file.zones, home);
  if (span === undefined) throw new ToolFailure('the event has no start that can be read');
  return { from: span.from, until: spanEnd(span, home).until };
}

/** Notes that a component was changed (RFC 5545, 3.8.7): when, and that it is a later one than before. */
export function markChanged(component: ICAL.Component, now: number): void {
  const stamp = ICAL.Time.fromJSDate(new Date(now - (now % 1_000)), true);
  component.updatePropertyWithValue('dtstamp', stamp);
  component.updatePropertyWithValue('last-modified', stamp.clone());
  component.updatePropertyWithValue('sequence', (Number(attempt(() => component.getFirstPropertyValue('sequence'))) || 0) + 1);
}

/** Writes a file, with the definitions of all zones that it names. */
export function writtenFile(root: ICAL.Component, zones: readonly (Zone | undefined)[], wall: number): string {
  const defined = new Set(root.getAllSubcomponents('vtimezone').map((zone) => String(zone.getFirstPropertyValue('tzid'))));
  for (const zone of zones) {
    if (zone === undefined || zone.id === 'UTC' || defined.has(zone.id)) continue;
    defined.add(zone.id);
    const definition = zoneDefinition(zone, wall);
    // Zones come before what names them.
    root.addSubcomponent(definition);
    root.jCal[2].unshift(root.jCal[2].pop());
  }
  return `${ICAL.stringify(root.jCal)}\r\n`;
}

/** An event for the eyes of the person who decides: everything that matters, a line each. */
export function eventText(component: ICAL.Component, { from, until }: EventTimes): string {
  const view = eventView(component);
  const zone = from.date ? '' : ` (${from.zone?.id ?? 'local time wherever one is'})`;
  const lines = [
    `${spanText(from.wall, until.zone !== undefined && from.zone !== undefined && until.zone.id !== from.zone.id ? from.zone.wallOf(until.zone.instantOf(until.wall)) : until.wall, from.date)}${zone}`,
    `title: ${view.title}`,
    ...(view.location === undefined ? [] : [`place: ${view.location}`]),
    ...(view.recurrence === undefined ? [] : [`repeats: ${view.recurrence}`]),
    ...(view.status === undefined || view.status === 'confirmed' ? [] : [`status: ${view.status}`]),
    ...(view.organizer === undefined ? [] : [`organiser: ${participantText(view.organizer)}`]),
    ...(view.attendees.length === 0 ? [] : [`attendees: ${view.attendees.map(participantText).join(', ')}`]),
    ...(view.description === undefined ? [] : [`text: ${view.description}`]),
  ];
  return lines.join('\n');
}
