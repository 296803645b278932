import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type Account, accountOf } from './account.js';
import { decodeText } from './decode-text.js';
import type { FoundEvent } from './event-draft.js';
import { withImap } from './imap-connection.js';
import { inFolder } from './mail-folder.js';
import { type FilePart, partsOf } from './message-parts.js';
import { type MessageReference, parseMessageId } from './message-reference.js';
import { dateOf, shownAddress, sourceOf } from './message-summary.js';
import { fetchText } from './message-text.js';
import { oneLine } from './one-line.js';
import { checkValidity, gone } from './open-message.js';
import { EVERYWHERE, findMessages } from './search-messages.js';
import { isZone, zoneOf } from './shown-date.js';

/** The arguments of `email.events`. */
export interface EventsArguments {
  readonly id?: string;
  readonly query?: string;
  readonly timezone?: string;
  readonly account?: string;
}

interface MessageEvents {
  readonly id: string;
  readonly from: string;
  readonly sender: string;
  readonly subject: string;
  readonly events: readonly FoundEvent[];
}

const MOST_MESSAGES = 5;
const MOST_CALENDAR_BYTES = 1024 * 1024;
const MOST_TEXT = 50_000;

/** Finds appointments in a message, or in the newest messages that a search finds, as drafts for a calendar. */
export async function findEvents(args: EventsArguments, context: PluginContext): Promise<ToolAnswer> {
  if ((args.id === undefined) === (args.query === undefined)) throw new ToolFailure('give either the id of a message, or a query');
  if (args.timezone !== undefined && !isZone(args.timezone)) {
    throw new ToolFailure(`${JSON.stringify(args.timezone)} is no time zone; one is written like Europe/Berlin`);
  }
  const account = accountOf(args.id === undefined ? args.account : parseMessageId(args.id, args.account).account, context);
  const zone = args.timezone ?? zoneOf(account);
  const looked = await withImap(account, context, async (client) => {
    const ids = args.id === undefined ? await found(client, account, args.query ?? '', context) : [args.id];
    const messages: MessageEvents[] = [];
    for (const id of ids) messages.push(await eventsOf(client, id, zone));
    return messages;
  });
  return answer(looked, zone);
}

async function found(client: ImapFlow, account: Account, query: string, context: PluginContext): Promise<readonly string[]> {
  for (const folder of ['INBOX', EVERYWHERE]) {
    const { messages } = await findMessages(client, account, { query, folder, limit: MOST_MESSAGES }, context);
    if (messages.length > 0) return messages.map(({ id }) => id);
  }
  throw new ToolFailure(`no message was found for ${JSON.stringify(query)}`);
}

async function eventsOf(client: ImapFlow, id: string, zone: string): Promise<MessageEvents> {
  const reference = parseMessageId(id);
  return inFolder(client, reference.folder, 'read', async () => {
    checkValidity(client, reference);
    const query = { uid: true, envelope: true, internalDate: true, bodyStructure: true };
    const message = await client.fetchOne(String(reference.uid), query, { uid: true });
    if (message === false) throw gone(reference);
    const from = message.envelope?.from?.[0];
    const subject = oneLine(message.envelope?.subject ?? '');
    return {
      id,
      from: shownAddress(from),
      sender: oneLine(from?.address ?? ''),
      subject,
      events: await draftsOf(client, reference, message, zone),
    };
  });
}

async function draftsOf(
  client: ImapFlow,
  { uid }: MessageReference,
  message: FetchMessageObject,
  timezone: string,
): Promise<readonly FoundEvent[]> {
  if (message.bodyStructure === undefined) return [];
  const { texts, files } = partsOf(message.bodyStructure);
  const invitations = await calendarEvents(client, uid, files.filter(isCalendar));
  // The text of an invitation only says the same again.
  if (invitations.length > 0) return invitations;
  const { text } = await fetchText(client, uid, texts, MOST_TEXT);
  const { textEvents } = await import('./text-events.js');
  return textEvents(text, { subject: message.envelope?.subject ?? '', date: dateOf(message), timezone });
}

async function calendarEvents(client: ImapFlow, uid: number, files: readonly FilePart[]): Promise<readonly FoundEvent[]> {
  if (files.length === 0) return [];
  const parts = files.slice(0, 5).map(({ part }) => ({ key: part, start: 0, maxLength: MOST_CALENDAR_BYTES }));
  const message = await client.fetchOne(String(uid), { bodyParts: parts }, { uid: true });
  const { invitationEvents } = await import('./invitation-events.js');
  const events = new Map<string, FoundEvent>();
  for (const file of files) {
    const body = message === false ? undefined : message.bodyParts?.get(file.part);
    if (body === undefined) continue;
    for (const event of invitationEvents(decodeText(body, file))) {
      const key = `${event.event.start} ${event.event.title}`;
      if (!events.has(key)) events.set(key, event);
    }
  }
  return [...events.values()];
}

function isCalendar({ type, name }: FilePart): boolean {
  return type === 'text/calendar' || type === 'application/ics' || /\.ics$/i.test(name);
}

function answer(looked: readonly MessageEvents[], zone: string): ToolAnswer {
  const total = looked.reduce((sum, { events }) => sum + events.length, 0);
  const lines = looked.flatMap(({ from, subject, id, events }) => [
    `${events.length === 0 ? 'Nothing' : `${events.length} found`} in "${subject}" by ${from} (${id})`,
    ...events.flatMap(({ event, kind, sentence }) => [
      `${kind === 'cancellation' ? 'CANCELLED, do not add: ' : ''}${JSON.stringify(event)}`,
      `  from: ${sentence}`,
    ]),
  ]);
  const head =
    total === 0
      ? 'no appointment was found'
      : `${total} ${total === 1 ? 'draft' : 'drafts'}; times without a zone of their own are in ${zone}:`;
  return {
    text: [head, ...lines].join('\n'),
    data: {
      drafts: looked.flatMap(({ id, from, events }) =>
        events.map(({ event, kind, sentence }) => ({ id, from, kind, sentence, event: { ...event } })),
      ),
    },
    ...(sourceOf(looked) === '' ? {} : { source: sourceOf(looked) }),
  };
}
