import { randomUUID } from 'node:crypto';
import ICAL from 'ical.js';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type DavCollection, writableCollection } from './dav-collection.js';
import { putObject } from './dav-objects.js';
import { type DavServer, davServer } from './dav-server.js';
import { eventText, writtenFile } from './edited-event.js';
import { type EventFields, type EventTimes, eventTimes, parseRecurrence, setTexts, setTimes } from './event-fields.js';
import { callZone } from './list-events.js';
import { objectId } from './object-id.js';

/** What `event_create` takes. */
export interface CreateArguments extends EventFields {
  readonly title: string;
  readonly start: string;
  readonly calendar?: string;
  readonly account?: string;
}

interface NewEvent {
  readonly server: DavServer;
  readonly collection: DavCollection;
  readonly uid: string;
  readonly component: ICAL.Component;
  readonly times: EventTimes;
  readonly text: string;
}

/** Puts an event into a calendar. */
export async function createEvent(args: CreateArguments, context: PluginContext): Promise<ToolAnswer> {
  const { server, collection, uid, component, times, text } = await newEvent(args, context);
  const place = { collection, path: `${collection.path}${uid}.ics` };
  const etag = await putObject(server, place, text, { kind: 'absent' });
  const id = objectId(server, place);
  return {
    text: `the event is in ${collection.name} on ${server.account.url.host}:\n${eventText(component, times)}\nid ${id}`,
    data: { id, account: server.account.name, calendar: collection.id, ...(etag === undefined ? {} : { etag }) },
    source: server.account.url.host,
  };
}

/** Shows the event as it would be put into the calendar. */
export async function previewCreate(args: CreateArguments, context: PluginContext): Promise<string> {
  const { server, collection, component, times } = await newEvent(args, context);
  return `a new event in ${collection.name} on ${server.account.url.host}, nobody is invited:\n\n${eventText(component, times)}`;
}

async function newEvent(args: CreateArguments, context: PluginContext): Promise<NewEvent> {
  const server = await davServer(args.account, context);
  const collection = writableCollection(args.calendar, 'events', server.collections);
  const home = callZone(undefined, server, collection.id);
  if (args.title.trim() === '') throw new ToolFailure('the event needs a title');
  const times = eventTimes(args, home);
  const uid = randomUUID();
  const root = new ICAL.Component('vcalendar');
  root.addPropertyWithValue('version', '2.0');
  root.addPropertyWithValue('prodid', '-//Pyra//Nextcloud//EN');
  const component = new ICAL.Component('vevent');
  const now = ICAL.Time.fromJSDate(new Date(Math.floor(Date.now() / 1_000) * 1_000), true);
  component.addPropertyWithValue('uid', uid);
  component.addPropertyWithValue('dtstamp', now);
  component.addPropertyWithValue('created', now.clone());
  setTimes(component, times);
  setTexts(component, args);
  if (args.recurrence !== undefined && args.recurrence.trim() !== '') {
    component.addPropertyWithValue('rrule', parseRecurrence(args.recurrence, times.from, home));
  }
  root.addSubcomponent(component);
  const text = writtenFile(root, [times.from.zone, times.until.zone], times.from.wall);
  return { server, collection, uid, component, times, text };
}
