import type { CalendarFile } from './calendar-file.js';
import type { DavServer } from './dav-server.js';
import { mainComponent } from './edited-event.js';
import { eventView } from './event-view.js';

/**
 * Who is told by the server that an event was changed (RFC 6638): of one's own event everyone who was asked to come; of someone else's that
 * one, when it is deleted. In lower case.
 */
export function mailRecipients(server: DavServer, file: CalendarFile, deleted: boolean): readonly string[] {
  if (!server.sendsInvitations) return [];
  const { organizer } = eventView(mainComponent(file));
  if (organizer === undefined) return [];
  const own = new Set(server.addresses.map((address) => address.toLowerCase()));
  const organizing = organizer.address.toLowerCase();
  if (!own.has(organizing)) return deleted ? [organizing] : [];
  const everyone = file.components.flatMap((component) => eventView(component).attendees);
  return [...new Set(everyone.map(({ address }) => address.toLowerCase()))].filter((address) => !own.has(address));
}

/** Whether an address is among those that a call names. */
export function isNamed(address: string, notify: readonly string[] | undefined): boolean {
  return (notify ?? []).some((one) => (/<([^<>]+)>\s*$/.exec(one)?.[1] ?? one).trim().toLowerCase() === address.toLowerCase());
}

/** Why a change is refused whose recipients a call does not name. */
export function mailRefusal(server: DavServer, missing: readonly string[]): string {
  return `${server.account.url.host} would send mail about this to ${missing.join(', ')}; name them all in notify if that is meant. Nothing was changed`;
}
