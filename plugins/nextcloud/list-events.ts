import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { type CalendarFile, readCalendarFile } from './calendar-file.js';
import { chosenCollection, collectionsFor } from './dav-collection.js';
import { queryObjects, type StoredObject } from './dav-objects.js';
import { type DavServer, davServer } from './dav-server.js';
import { type EventView, eventView, instanceText, occurrenceTime, participantText } from './event-view.js';
import { expandEvents, type TimeWindow } from './expand-events.js';
import { homeZone, parseWindow, wallText } from './local-time.js';
import { objectId } from './object-id.js';
import type { Occurrence } from './occurrence.js';
import type { Zone } from './time-zone.js';
import { wordMatcher } from './word-matcher.js';

/** What `events` takes. */
export interface EventsArguments {
  readonly from: string;
  readonly to: string;
  readonly calendar?: string;
  readonly query?: string;
  readonly timezone?: string;
  readonly limit?: number;
  readonly account?: string;
}

/** An occurrence and where it is; what it was read from is let go, since of a large calendar that is much. */
export interface FoundOccurrence {
  readonly object: Omit<StoredObject, 'text'>;
  readonly occurrence: Omit<Occurrence, 'component'>;
  readonly view: EventView;
}

/** What is in the calendars in some time. */
export interface FoundOccurrences {
  readonly found: readonly FoundOccurrence[];
  /** Titles of events that recur too often to be followed to the end. */
  readonly cut: readonly string[];
  /** How many entries could not be read. */
  readonly unreadable: number;
}

const LONGEST_DAYS = 3_700;
const DAY = 86_400_000;
/** Of so few events the whole text is shown; of more, its beginning. */
const FEW = 5;
const LONGEST_TEXT = 4_000;

/** Lists what is in the calendars from one time to another, each occurrence by itself. */
export async function listEvents(args: EventsArguments, context: PluginContext): Promise<ToolAnswer> {
  const server = await davServer(args.account, context);
  const home = callZone(args.timezone, server, args.calendar);
  const window = parseWindow(args.from, args.to, home, LONGEST_DAYS);
  const { found, cut, unreadable } = await findOccurrences(server, window, home, args.calendar);
  const matching = found.filter(isAbout(wordMatcher(args.query)));
  const shown = matching.slice(0, args.limit ?? 100);
  const count = matching.length === 1 ? '1 event' : `${matching.length} events`;
  const lines = [
    `${count} from ${wallText(home.wallOf(window.start))} to ${wallText(home.wallOf(window.end))} (times in ${home.id})${shown.length < matching.length ? `, the first ${shown.length}` : ''}:`,
    ...shown.map((one) => eventLine(server, one, home, shown.length <= FEW ? LONGEST_TEXT : 300)),
    ...cut.map((title) => `(${title} recurs so often that not all of it is shown)`),
    ...(unreadable > 0 ? [`(${unreadable} ${unreadable === 1 ? 'entry' : 'entries'} could not be read)`] : []),
  ];
  const organizers = new Set(shown.map(({ view }) => view.organizer?.address ?? server.account.url.host));
  return {
    text: lines.join('\n'),
    data: {
      account: server.account.name,
      timezone: home.id,
      total: matching.length,
      events: shown.map((one) => eventData(server, one, home)),
    },
    source: [...organizers].slice(0, 5).join(', ') || server.account.url.host,
  };
}

/** The zone in which a call is meant. */
export function callZone(given: string | undefined, server: DavServer, calendar?: string): Zone {
  const noted = calendar === undefined ? undefined : chosenCollection(calendar, 'events', server.collections).timezone;
  const first = collectionsFor('events', server.collections).find(({ timezone }) => timezone !== undefined)?.timezone;
  return homeZone(given, server.account.timezone, noted, first);
}

/** Finds all that is in a window, in every calendar or in one, in order. */
export async function findOccurrences(
  server: DavServer,
  window: TimeWindow,
  home: Zone,
  calendar: string | undefined,
): Promise<FoundOccurrences> {
  const calendars =
    calendar === undefined ? collectionsFor('events', server.collections) : [chosenCollection(calendar, 'events', server.collections)];
  const found: FoundOccurrence[] = [];
  const cut: string[] = [];
  let unreadable = 0;
  for (const collection of calendars) {
    for (const { text, ...object } of await queryObjects(server, collection, eventFilter(window))) {
      const file = readCalendarFile(text, 'vevent');
      if (file === undefined) unreadable += 1;
      else {
        const expansion = expandEvents(file, window, home);
        for (const { component, ...occurrence } of expansion.occurrences) found.push({ object, occurrence, view: eventView(component) });
        if (expansion.cut) cut.push(titleOf(file));
      }
    }
  }
  return { found: found.toSorted(inOrder), cut, unreadable };
}

/** Servers work out floating times and whole days in zones of their own: a day more on each side, and what is too much is left out here. */
function eventFilter({ start, end }: TimeWindow) {
  const utc = (instant: number) => `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const range = { _attributes: { start: utc(start - DAY), end: utc(end + DAY) } };
  const event = { _attributes: { name: 'VEVENT' }, 'time-range': range };
  return { 'comp-filter': { _attributes: { name: 'VCALENDAR' }, 'comp-filter': event } };
}

function inOrder(left: FoundOccurrence, right: FoundOccurrence): number {
  const difference = left.occurrence.start - right.occurrence.start || left.occurrence.end - right.occurrence.end;
  return difference || left.view.title.localeCompare(right.view.title);
}

function titleOf({ components }: CalendarFile): string {
  const [first] = components;
  return first === undefined ? 'an event' : JSON.stringify(eventView(first).title);
}

function isAbout(matches: (text: string) => boolean): (one: FoundOccurrence) => boolean {
  return ({ view }) => {
    const people = [...(view.organizer === undefined ? [] : [view.organizer]), ...view.attendees];
    return matches([view.title, view.location ?? '', view.description ?? '', ...people.map(participantText)].join('\n'));
  };
}

function eventLine(server: DavServer, { object, occurrence, view }: FoundOccurrence, home: Zone, longest: number): string {
  const { instance, isException } = occurrence;
  const facts = [
    object.collection.name,
    ...(view.status === undefined || view.status === 'confirmed' ? [] : [view.status]),
    ...(view.free && view.status !== 'cancelled' ? ['free'] : []),
    ...(instance === undefined ? [] : [isException ? 'an exception of a recurring event' : 'recurring']),
  ];
  const lines = [
    `${occurrenceTime(occurrence, home)}  ${oneLine(view.title, 200)} [${facts.join(', ')}]`,
    ...(view.location === undefined ? [] : [`  place: ${oneLine(view.location, 300)}`]),
    ...(view.description === undefined ? [] : [`  text: ${oneLine(view.description, longest)}`]),
    ...(view.organizer === undefined ? [] : [`  organiser: ${oneLine(participantText(view.organizer), 200)}`]),
    ...(view.attendees.length === 0 ? [] : [`  attendees: ${oneLine(view.attendees.slice(0, 20).map(participantText).join(', '), 600)}`]),
    `  id ${objectId(server, object)}${instance === undefined ? '' : ` instance ${instanceText(instance)}`}`,
  ];
  return lines.join('\n');
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most).toWellFormed()}…`;
}

function eventData(server: DavServer, { object, occurrence, view }: FoundOccurrence, home: Zone) {
  const { from, until, start, end, allDay, instance } = occurrence;
  const { attendees, organizer, description, ...plain } = view;
  const person = ({ address, name, answer }: (typeof attendees)[number]) => ({
    address,
    ...(name === undefined ? {} : { name }),
    ...(answer === undefined ? {} : { answer }),
  });
  return {
    id: objectId(server, object),
    ...(instance === undefined ? {} : { instance: instanceText(instance) }),
    calendar: object.collection.id,
    start: allDay ? wallText(from.wall, true) : new Date(start).toISOString(),
    // The last day of an all-day event, as tools take it.
    end: allDay ? wallText(until.wall - DAY, true) : new Date(end).toISOString(),
    local: allDay ? wallText(from.wall, true) : wallText(home.wallOf(start)),
    timezone: from.zone?.id ?? home.id,
    allDay,
    ...plain,
    ...(description === undefined ? {} : { description: description.slice(0, LONGEST_TEXT).toWellFormed() }),
    ...(organizer === undefined ? {} : { organizer: person(organizer) }),
    ...(attendees.length === 0 ? {} : { attendees: attendees.slice(0, 100).map(person) }),
    ...(object.etag === undefined ? {} : { etag: object.etag }),
  };
}
