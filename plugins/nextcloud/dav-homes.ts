import { ToolFailure } from 'pyra/plugin';
import type { DavAccount } from './dav-account.js';
import { statusFailure } from './dav-failure.js';
import { askProperties, type DavProperties, propertyHrefs } from './dav-responses.js';

/** Where a server keeps what a person has. */
export interface DavHomes {
  /** URLs of the collections that hold the calendars; most servers have one. */
  readonly calendars: readonly string[];
  /** URLs of the collections that hold the address books. */
  readonly addressBooks: readonly string[];
  /** The person's addresses as the server knows them, such as `alice@example.org`. */
  readonly addresses: readonly string[];
}

const HOMES = [
  'd:current-user-principal',
  'd:resourcetype',
  'c:calendar-home-set',
  'card:addressbook-home-set',
  'c:calendar-user-address-set',
];

/**
 * Finds the homes from the address that the person gave: a Nextcloud's, or that of a CalDAV or CardDAV server (RFC 6764: the well-known
 * addresses, the principal, its home sets).
 * @throws ToolFailure when the sign-in is refused, or there is neither calendar nor address book to be found.
 */
export async function findHomes(account: DavAccount, signal: AbortSignal): Promise<DavHomes> {
  let homes: DavHomes = { calendars: [], addressBooks: [], addresses: [] };
  let refused = 0;
  let broken: number | undefined;
  for (const start of startingPoints(account.url)) {
    const properties = await propertiesAt(start, account, signal);
    if (properties === 'refused') {
      refused += 1;
      // One refusal may come from a page that is no part of the calendars; many would lock the person out.
      if (refused === 2) break;
    }
    if (typeof properties === 'number') broken ??= properties;
    if (properties === undefined || properties === 'refused' || typeof properties === 'number') continue;
    homes = merged(homes, homesIn(properties, account));
    for (const principal of absolute(properties.currentUserPrincipal, account)) {
      const found = await propertiesAt(principal, account, signal);
      if (typeof found === 'number') broken ??= found;
      homes = merged(homes, homesIn(typeof found === 'object' ? found : {}, account));
    }
    if (homes.calendars.length === 0 && homes.addressBooks.length === 0) homes = merged(homes, collectionItself(start, properties));
    // A server may know calendars at one address and address books at another; what belongs to both needs no further question.
    if (homes.calendars.length > 0 && homes.addressBooks.length > 0) return homes;
  }
  if (homes.calendars.length > 0 || homes.addressBooks.length > 0) return homes;
  if (refused > 0) throw statusFailure(401, 'the list of calendars', account);
  // A server that fails says nothing about what is there.
  if (broken !== undefined) throw statusFailure(broken, 'the list of calendars', account);
  throw new ToolFailure(
    `there are no calendars and no address books at ${account.url.host}; the person checks the address with ${account.setup}`,
  );
}

/** Where to begin, the likeliest first. */
function startingPoints({ origin, pathname }: URL): readonly string[] {
  const path = pathname.replace(/\/+$/, '');
  const dav = /^(.*\/remote\.php\/dav)(\/.*)?$/.exec(path)?.[1];
  const page = /^(.*?)\/(?:index\.php|apps|login|settings)(?:\/.*)?$/.exec(path)?.[1];
  const points = [
    ...(dav === undefined ? [`${page ?? path}/remote.php/dav/`] : [`${dav}/`]),
    ...(path === '' ? [] : [`${path}/`]),
    '/.well-known/caldav',
    '/.well-known/carddav',
    '/',
  ];
  return [...new Set(points)].map((point) => `${origin}${point}`);
}

/** What a server says of an address; the status where it failed, `undefined` where there is nothing of the kind. */
async function propertiesAt(
  url: string,
  account: DavAccount,
  signal: AbortSignal,
): Promise<DavProperties | 'refused' | number | undefined> {
  const answer = await askProperties(account, signal, url, '0', HOMES);
  if (answer.kind === 'resources') return answer.resources[0]?.properties;
  if (answer.status === 401) return 'refused';
  if (answer.status === 429 || answer.status === 503) {
    throw statusFailure(answer.status, 'the list of calendars', account);
  }
  // 501 and 505 say that it does not do this at all.
  return answer.status === 500 || answer.status === 502 || answer.status === 504 ? answer.status : undefined;
}

function homesIn(properties: DavProperties, account: DavAccount): DavHomes {
  return {
    calendars: absolute(properties.calendarHomeSet, account),
    addressBooks: absolute(properties.addressbookHomeSet, account),
    addresses: propertyHrefs(properties.calendarUserAddressSet).flatMap((href) => /^mailto:(.+@.+)$/i.exec(href.trim())?.[1] ?? []),
  };
}

/** The person may have given the address of one calendar or address book. */
function collectionItself(url: string, { resourcetype }: DavProperties): DavHomes {
  const is = (kind: string) => typeof resourcetype === 'object' && resourcetype !== null && kind in resourcetype;
  return { calendars: is('calendar') ? [url] : [], addressBooks: is('addressbook') ? [url] : [], addresses: [] };
}

/** Nothing outside of the host that the person gave is asked; a proxy in front of a server may make it name itself wrongly. */
function absolute(property: unknown, { url }: DavAccount): readonly string[] {
  return propertyHrefs(property).flatMap((href) => {
    if (!URL.canParse(href.trim(), url)) return [];
    const target = new URL(href.trim(), url);
    return [`${url.origin}${target.pathname.replace(/\/*$/, '/')}`];
  });
}

function merged(left: DavHomes, right: DavHomes): DavHomes {
  const both = (key: keyof DavHomes) => [...new Set([...left[key], ...right[key]])];
  return { calendars: both('calendars'), addressBooks: both('addressBooks'), addresses: both('addresses') };
}
