import ICAL from 'ical.js';
import type { EventDraft, FoundEvent } from './event-draft.js';
import { oneLine } from './one-line.js';
import { isUsualZone } from './usual-zone.js';
import { offsetMinutes, zoneName } from './zone-names.js';

const MOST_EVENTS = 50;

/** Reads the events of an iCalendar file (RFC 5545, 5546), such as an invitation; of one that cannot be read there are none. */
export function invitationEvents(calendar: string): readonly FoundEvent[] {
  const root = parse(calendar);
  if (root === undefined) return [];
  const method = String(root.getFirstPropertyValue('method') ?? '').toUpperCase();
  if (method === 'REPLY') return [];
  for (const zone of root.getAllSubcomponents('vtimezone')) {
    if (isUsualZone(zone)) ICAL.TimezoneService.register(zone);
    else root.removeSubcomponent(zone);
  }
  const events = root.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
  // Moved instances of a repeated event say nothing new beside the event itself.
  const whole = events.filter((event) => !event.isRecurrenceException() || events.length === 1);
  return whole.slice(0, MOST_EVENTS).flatMap((event) => {
    const cancelled = method === 'CANCEL' || String(event.component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';
    const draft = draftOf(event);
    if (draft === undefined) return [];
    return [{ event: draft, kind: cancelled ? 'cancellation' : 'invitation', sentence: sentenceOf(event, cancelled) } as const];
  });
}

function parse(calendar: string): ICAL.Component | undefined {
  try {
    const parsed: unknown = ICAL.parse(calendar);
    const first = Array.isArray(parsed) && Array.isArray(parsed[0]) ? parsed[0] : parsed;
    const root = new ICAL.Component(first as unknown[]);
    return root.name === 'vcalendar' ? root : undefined;
  } catch {
    return undefined;
  }
}

function draftOf(event: ICAL.Event): EventDraft | undefined {
  try {
    const start = event.startDate;
    const end = event.endDate;
    if (!start) return undefined;
    const allDay = start.isDate;
    const timezone = allDay ? undefined : zoneOf(event, 'dtstart');
    const endZone = event.component.hasProperty('dtend') ? zoneOf(event, 'dtend') : timezone;
    const rule = event.component.getFirstPropertyValue('rrule');
    const location = oneLine(event.location ?? '', 500);
    const description = (event.description ?? '').trim().slice(0, 5_000);
    return {
      title: oneLine(event.summary ?? '', 500) || 'Appointment',
      start: written(start, timezone),
      end: allDay ? lastDay(start, end) : inZone(written(end ?? start, endZone), endZone, timezone),
      ...(timezone === undefined ? {} : { timezone }),
      ...(allDay ? { allDay: true as const } : {}),
      ...(location === '' ? {} : { location }),
      ...(description === '' ? {} : { description }),
      ...(rule === null || rule === undefined ? {} : { recurrence: String(rule) }),
    };
  } catch {
    // A date that is none: the rest of the file may still be good.
    return undefined;
  }
}

/** The IANA time zone that a time is written in; `undefined` for UTC, for a time without zone, and for a zone that only the file itself knows. */
function zoneOf(event: ICAL.Event, property: 'dtstart' | 'dtend'): string | undefined {
  return zoneName(String(event.component.getFirstProperty(property)?.getParameter('tzid') ?? ''));
}

/** A time as it is written in its zone, or in UTC where that is not known by name. */
function written(time: ICAL.Time, timezone: string | undefined): string {
  const local = minute(time.toString());
  if (timezone !== undefined || (time.zone?.tzid ?? 'floating') === 'floating') return local;
  return `${minute(time.toJSDate().toISOString())}Z`;
}

/** The end of a journey may be written in another time zone than its start. */
function inZone(time: string, own: string | undefined, wanted: string | undefined): string {
  if (own === wanted || own === undefined) return time;
  const guess = new Date(`${time}Z`);
  return `${minute(new Date(guess.getTime() - offsetMinutes(own, guess) * 60_000).toISOString())}Z`;
}

function minute(time: string): string {
  return time.slice(0, 16);
}

/** A whole day ends, in the file, at the beginning of the next. */
function lastDay(start: ICAL.Time, end: ICAL.Time | null): string {
  if (!end || end.compare(start) <= 0) return start.toString();
  const last = end.clone();
  last.adjust(-1, 0, 0, 0);
  return last.toString();
}

function sentenceOf(event: ICAL.Event, cancelled: boolean): string {
  const organizer = event.component.getFirstProperty('organizer');
  const name = oneLine(String(organizer?.getParameter('cn') ?? ''), 100);
  const address = oneLine(String(organizer?.getFirstValue() ?? '').replace(/^mailto:/i, ''), 200);
  const by = name !== '' && address !== '' ? `${name} <${address}>` : name || address;
  const what = cancelled ? 'Cancellation of' : 'Invitation to';
  return `${what} ${JSON.stringify(oneLine(event.summary ?? '', 200))}${by === '' ? '' : ` by ${by}`}`;
}
