import ICAL from 'ical.js';
import type { EventDraft, FoundEvent } from './event-draft.js';
import { oneLine } from './one-line.js';
import { zoneName } from './zone-names.js';

const MOST_EVENTS = 50;

/** Reads the events of an iCalendar file (RFC 5545, 5546), such as an invitation; of one that cannot be read there are none. */
export function invitationEvents(calendar: string): readonly FoundEvent[] {
  const root = parse(calendar);
  if (root === undefined) return [];
  const method = String(root.getFirstPropertyValue('method') ?? '').toUpperCase();
  if (method === 'REPLY') return [];
  for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
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
    const timezone = allDay ? undefined : zoneOf(start);
    const rule = event.component.getFirstPropertyValue('rrule');
    const location = oneLine(event.location ?? '', 500);
    const description = (event.description ?? '').trim().slice(0, 5_000);
    return {
      title: oneLine(event.summary ?? '', 500) || 'Appointment',
      start: written(start, timezone),
      end: allDay ? lastDay(start, end) : written(end ?? start, timezone),
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

/** The IANA time zone of a time; `undefined` for UTC, for a time without zone, and for a zone that only the file itself knows. */
function zoneOf(time: ICAL.Time): string | undefined {
  const tzid = time.zone?.tzid ?? '';
  return tzid === 'UTC' || tzid === 'Z' || tzid === 'floating' ? undefined : zoneName(tzid);
}

function written(time: ICAL.Time, timezone: string | undefined): string {
  if (time.isDate) return time.toString();
  const tzid = time.zone?.tzid ?? 'floating';
  if (timezone !== undefined && zoneName(tzid) === timezone) return minute(time.toString());
  if (tzid === 'floating') return minute(time.toString());
  return `${minute(time.toJSDate().toISOString())}Z`;
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
