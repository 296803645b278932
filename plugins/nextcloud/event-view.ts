import type ICAL from 'ical.js';
import { attempt, type Moment, textOf } from './calendar-file.js';
import { spanText, wallText } from './local-time.js';
import type { Occurrence } from './occurrence.js';
import type { Zone } from './time-zone.js';

/** Someone who takes part in an event, or asks others to. */
export interface Participant {
  readonly address: string;
  readonly name?: string;
  /** What they answered: `accepted`, `declined`, `tentative`, `needs-action`. */
  readonly answer?: string;
}

/** What an event says of itself, as plain values. */
export interface EventView {
  readonly title: string;
  readonly location?: string;
  readonly description?: string;
  readonly status?: string;
  /** Whether it leaves the time free (TRANSP, STATUS). */
  readonly free: boolean;
  readonly organizer?: Participant;
  readonly attendees: readonly Participant[];
  readonly recurrence?: string;
}

/** Reads what an event says of itself. */
export function eventView(component: ICAL.Component): EventView {
  const status = textOf(component, 'status').toLowerCase();
  const organizer = component.getFirstProperty('organizer');
  const rule = component.getFirstProperty('rrule');
  const optional = (name: 'location' | 'description') => {
    const text = textOf(component, name).trim();
    return text === '' ? {} : { [name]: text };
  };
  return {
    title: textOf(component, 'summary').trim() || '(no title)',
    ...optional('location'),
    ...optional('description'),
    ...(status === '' ? {} : { status }),
    free: textOf(component, 'transp').toUpperCase() === 'TRANSPARENT' || status === 'cancelled',
    ...(organizer === null ? {} : participant(organizer)[0] === undefined ? {} : { organizer: participant(organizer)[0] as Participant }),
    attendees: component.getAllProperties('attendee').flatMap(participant),
    ...(rule === null ? {} : { recurrence: attempt(() => String(rule.getFirstValue())) ?? '' }),
  };
}

function participant(property: ICAL.Property): readonly Participant[] {
  const value = String(attempt(() => property.getFirstValue()) ?? '');
  const parameter = (name: string) => {
    const given = property.getParameter(name);
    return typeof given === 'string' && given !== '' ? given : undefined;
  };
  const address = /^mailto:(.+)$/i.exec(value.trim())?.[1] ?? parameter('email') ?? value.trim();
  if (address === '') return [];
  const name = parameter('cn');
  const answer = parameter('partstat')?.toLowerCase();
  return [{ address, ...(name === undefined || name === address ? {} : { name }), ...(answer === undefined ? {} : { answer }) }];
}

/** Who someone is, for the eyes. */
export function participantText({ address, name, answer }: Participant): string {
  const who = name === undefined ? address : `${name} <${address}>`;
  return answer === undefined || answer === 'needs-action' ? who : `${who} (${answer})`;
}

/** When an occurrence is, for the eyes of someone in a zone. */
export function occurrenceTime({ from, until, start, end, allDay }: Omit<Occurrence, 'component'>, home: Zone): string {
  return allDay ? spanText(from.wall, until.wall, true) : spanText(home.wallOf(start), home.wallOf(end), false);
}

/** Which occurrence it is, as tools take it: the RECURRENCE-ID, `…Z` for one in UTC. */
export function instanceText({ wall, date, zone }: Moment): string {
  return `${wallText(wall, date)}${zone?.id === 'UTC' ? 'Z' : ''}`;
}
