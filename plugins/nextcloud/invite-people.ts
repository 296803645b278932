import ICAL from 'ical.js';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { getObject } from './dav-objects.js';
import { davServer } from './dav-server.js';
import { editableEvent, eventText, mainComponent, markChanged, timesOf, writtenFile } from './edited-event.js';
import { type ChangeArguments, type EventBefore, type EventChange, makeChange, previewChange } from './event-change.js';
import { eventView, type Participant, participantText } from './event-view.js';
import { accountOfId, placeOf } from './object-id.js';
import { plainText } from './plain-text.js';

/** What `event_invite` takes. */
export interface InviteArguments extends ChangeArguments {
  readonly attendees: readonly string[];
}

/** Invites people to an event; says whom the server could not reach. */
export async function invitePeople(args: InviteArguments, context: PluginContext): Promise<ToolAnswer> {
  const answer = await makeChange('invite', args, context, planInvite);
  const server = await davServer(args.account ?? accountOfId(args.id), context);
  if (!server.sendsInvitations) return answer;
  // They are invited by now, whatever comes of the question how it went.
  const object = await getObject(server, placeOf(args.id, 'calendar', server)).catch(() => undefined);
  if (object === undefined) return answer;
  const unreached = unreachedIn(object.text, args.attendees.map(participant));
  return unreached.length === 0 ? answer : { ...answer, text: `${answer.text}\nthe server could not reach ${unreached.join(', ')}` };
}

/** Shows who would be invited to what. */
export function previewInvite(args: InviteArguments, context: PluginContext): Promise<string> {
  return previewChange('invite', args, context, planInvite);
}

function planInvite({ server, object, file, home }: EventBefore, { attendees }: InviteArguments): EventChange {
  const main = mainComponent(file);
  const { organizer, attendees: already } = eventView(main);
  const [own] = server.addresses;
  if (organizer === undefined) {
    if (own === undefined) {
      throw new ToolFailure(
        `${server.account.url.host} knows no e-mail address of ${server.account.user}, so nobody can be invited in that name; the person sets it in the personal settings there`,
      );
    }
    main.addProperty(calendarAddress('organizer', { address: own }));
  } else if (!server.addresses.some((address) => address.toLowerCase() === organizer.address.toLowerCase())) {
    throw new ToolFailure(`${participantText(organizer)} organises this event, so only they can invite`);
  }
  const known = new Set(already.map(({ address }) => address.toLowerCase()));
  const invited = attendees.map(participant).filter(({ address }) => !known.has(address.toLowerCase()));
  if (invited.length === 0) throw new ToolFailure('all of them are invited already');
  for (const person of invited) main.addProperty(calendarAddress('attendee', person));
  markChanged(main, Date.now());
  const times = timesOf(main, file, home);
  const who = invited.map(participantText).join(', ');
  const { host } = server.account.url;
  const sends = server.sendsInvitations
    ? `${host} sends them an invitation by mail`
    : `${host} sends no mail: they are only noted as attendees, and learn of it from nobody`;
  return {
    change: 'invite',
    text: writtenFile(file.root, [times.from.zone], times.from.wall),
    preview: `invites ${who}\n${sends}\n\nto this event in ${object.collection.name}:\n${eventText(main, times)}`,
    done: server.sendsInvitations
      ? `${who}: invited, ${host} sends the mail`
      : `${who}: noted as attendees. ${sends}; a mail would have to be sent by itself`,
  };
}

/** Reads `Alice <alice@example.org>` or `alice@example.org`. */
function participant(text: string): Participant {
  const [, name = '', address = ''] = /^(?:(.*?)\s*<([^<>]+)>|\s*)$/.exec(text.trim()) ?? [undefined, '', text.trim()];
  if (!/^[^\s@<>,;:"()\u0000-\u001f\u007f]+@[^\s@<>,;:"()\u0000-\u001f\u007f]+$/.test(address)) {
    throw new ToolFailure(`${JSON.stringify(text.slice(0, 100))} is no e-mail address`);
  }
  const shown = plainText(name).replace(/["\n]/g, '').trim();
  return { address, ...(shown === '' ? {} : { name: shown }) };
}

function calendarAddress(kind: 'organizer' | 'attendee', { address, name }: Participant): ICAL.Property {
  const property = new ICAL.Property(kind);
  property.setValue(`mailto:${address}`);
  if (name !== undefined) property.setParameter('cn', name);
  if (kind === 'attendee') {
    property.setParameter('role', 'REQ-PARTICIPANT');
    property.setParameter('partstat', 'NEEDS-ACTION');
    property.setParameter('rsvp', 'TRUE');
  }
  return property;
}

/** The server notes on every attendee how the sending went (RFC 6638, 3.2.9): what begins with 3 or 5 failed. */
function unreachedIn(text: string, invited: readonly Participant[]): readonly string[] {
  const addresses = new Set(invited.map(({ address }) => address.toLowerCase()));
  return mainComponent(editableEvent(text))
    .getAllProperties('attendee')
    .filter((property) => /^[35]/.test(String(property.getFirstParameter('schedule-status') ?? '')))
    .map((property) => String(property.getFirstValue()).replace(/^mailto:/i, ''))
    .filter((address) => addresses.has(address.toLowerCase()));
}
