import type { PluginContext } from 'pyra/plugin';
import { type DavAccount, davAccount } from './dav-account.js';
import type { DavCollection } from './dav-collection.js';
import { statusFailure } from './dav-failure.js';
import { type DavHomes, findHomes } from './dav-homes.js';
import { askProperties, type DavProperties, type DavResource, propertyText } from './dav-responses.js';

/** A server of an account with what is known of it, for the length of one call. */
export interface DavServer {
  readonly account: DavAccount;
  readonly signal: AbortSignal;
  readonly collections: readonly DavCollection[];
  /** The person's own addresses, as the server knows them. */
  readonly addresses: readonly string[];
  /** Whether the server sends invitations and changes to attendees by itself (RFC 6638). */
  readonly sendsInvitations: boolean;
}

interface Found {
  readonly homes: DavHomes;
  readonly collections: readonly DavCollection[];
  readonly sendsInvitations: boolean;
  readonly at: number;
}

const PROPERTIES = [
  'd:resourcetype',
  'd:displayname',
  'd:current-user-privilege-set',
  'c:supported-calendar-component-set',
  'c:calendar-timezone',
];
/** How long a list of collections is taken for right, in milliseconds; the homes stay where they are while the plugin runs. */
const FRESH_MS = 60_000;

const found = new Map<string, Found>();

/**
 * The server of an account, its calendars and address books found. The list of them is asked for again after a minute.
 * @throws ToolFailure when the account is not set up, or the server refuses.
 */
export async function davServer(name: string | undefined, context: PluginContext): Promise<DavServer> {
  const account = await davAccount(name, context);
  const key = JSON.stringify([account.url.href, account.user, account.password]);
  const known = found.get(key);
  const fresh = known !== undefined && performance.now() - known.at < FRESH_MS ? known : await look(account, context.signal, known?.homes);
  found.set(key, fresh);
  const { homes, collections, sendsInvitations } = fresh;
  return { account, signal: context.signal, collections, addresses: ownAddresses(homes, account), sendsInvitations };
}

/** Where the server knows no address, the name with which the person signs in may be one. */
function ownAddresses({ addresses }: DavHomes, { user }: DavAccount): readonly string[] {
  return addresses.length === 0 && /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/.test(user) ? [user] : addresses;
}

async function look(account: DavAccount, signal: AbortSignal, known: DavHomes | undefined): Promise<Found> {
  const homes = known ?? (await findHomes(account, signal));
  const listed = new Map<string, DavCollection>();
  let sendsInvitations = false;
  for (const home of new Set([...homes.calendars, ...homes.addressBooks])) {
    const answer = await askProperties(account, signal, home, '1', PROPERTIES);
    if (answer.kind === 'refused') throw statusFailure(answer.status, 'the list of calendars and address books', account);
    sendsInvitations ||= /calendar-auto-schedule/i.test(answer.dav);
    for (const resource of answer.resources) {
      const one = collection(resource);
      // A server may show the same collections at both homes; each counts where its kind is at home.
      const isHome = one !== undefined && (one.kind === 'calendar' ? homes.calendars : homes.addressBooks).includes(home);
      if (isHome) listed.set(one.path, one);
    }
  }
  return { homes, collections: withUniqueIds([...listed.values()]), sendsInvitations, at: performance.now() };
}

function collection({ path, properties }: DavResource): DavCollection | undefined {
  const type = properties.resourcetype;
  const is = (kind: string) => typeof type === 'object' && type !== null && kind in type;
  // Some servers answer for an address book as if it were a calendar: what it is says its type alone.
  const kind = is('addressbook') ? 'address-book' : is('calendar') ? 'calendar' : undefined;
  if (kind === undefined || is('deletedCalendar') || is('trashBin') || is('scheduleInbox') || is('scheduleOutbox')) return undefined;
  const folder = path.replace(/\/*$/, '/');
  const id = folder.split('/').at(-2) ?? folder;
  const name = propertyText(properties.displayname)?.trim() || decoded(id);
  const timezone = /^TZID(?:;[^:\r\n]*)?:(\S+)/m.exec(propertyText(properties.calendarTimezone) ?? '')?.[1];
  return {
    kind,
    id,
    name,
    path: folder,
    components: kind === 'calendar' ? componentsOf(properties) : [],
    writable: isWritable(properties.currentUserPrivilegeSet),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

function componentsOf({ supportedCalendarComponentSet }: DavProperties): readonly string[] {
  const names = members(supportedCalendarComponentSet, 'comp').flatMap((comp) => {
    const attributes = typeof comp === 'object' && comp !== null && '_attributes' in comp ? comp._attributes : undefined;
    return typeof attributes === 'object' && attributes !== null && 'name' in attributes ? String(attributes.name).toUpperCase() : [];
  });
  // A server that says nothing takes everything (RFC 4791, 5.2.3).
  return names.length === 0 ? ['VEVENT', 'VTODO'] : names;
}

/** Where the server does not say what may be done, trying shows it. */
function isWritable(privileges: unknown): boolean {
  const granted = members(privileges, 'privilege');
  if (granted.length === 0) return true;
  return granted.some(
    (privilege) =>
      typeof privilege === 'object' && privilege !== null && ['write', 'all', 'bind', 'writeContent'].some((name) => name in privilege),
  );
}

function members(value: unknown, name: string): readonly unknown[] {
  const member: unknown = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  return member === undefined ? [] : Array.isArray(member) ? member : [member];
}

function withUniqueIds(collections: readonly DavCollection[]): readonly DavCollection[] {
  const count = (id: string) => collections.filter((other) => other.id === id).length;
  return collections.map((one) => (count(one.id) === 1 ? one : { ...one, id: encodeURIComponent(one.path) }));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
