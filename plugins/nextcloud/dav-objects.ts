import { ToolFailure } from 'pyra/plugin';
import { davRequest as tsdavRequest } from 'tsdav';
import type { DavCollection } from './dav-collection.js';
import { statusFailure } from './dav-failure.js';
import { type DavAnswer, davRequest } from './dav-http.js';
import { listing, propertyText } from './dav-responses.js';
import type { DavServer } from './dav-server.js';
import { type Etag, isWeak, parseEtag, sameVersion } from './etag.js';
import type { ObjectPlace } from './object-id.js';

/** An event, a task or a person as the server stores it. */
export interface StoredObject extends ObjectPlace {
  /** Its iCalendar or vCard text. */
  readonly text: string;
  /** Its version as the server names it; absent where the server names none. */
  readonly etag?: Etag;
}

/** What a write expects to find: nothing, this version, or whatever there is. */
export type ObjectGuard = { readonly kind: 'absent' } | { readonly kind: 'version'; readonly etag: Etag } | { readonly kind: 'any' };

const MEDIA_TYPES: Readonly<Record<DavCollection['kind'], string>> = {
  calendar: 'text/calendar; charset=utf-8',
  'address-book': 'text/vcard; charset=utf-8',
};
/** How long a server such as Apache gives weak ETags after a write, in milliseconds. */
const SETTLING_MS = 2_100;

/** A filter of CalDAV or CardDAV as tsdav writes it. */
export type DavFilter = Readonly<Record<string, unknown>>;

/** Gets the objects of a collection that a filter lets pass, with one question; `parts` says what of them is wanted, where the server knows that. */
export async function queryObjects(
  server: DavServer,
  collection: DavCollection,
  filter: DavFilter,
  parts: DavFilter = {},
): Promise<readonly StoredObject[]> {
  const { account, signal } = server;
  const url = `${account.url.origin}${collection.path}`;
  const [query, data, namespace] =
    collection.kind === 'calendar' ? ['calendar-query', 'c:calendar-data', 'c'] : ['addressbook-query', 'card:address-data', 'card'];
  const answer = await listing(account, signal, (fetch) =>
    tsdavRequest({
      url,
      fetch,
      init: {
        method: 'REPORT',
        namespace,
        headers: { depth: '1' },
        body: { [query ?? '']: { _attributes: NAMESPACES, 'd:prop': { 'd:getetag': {}, [data ?? '']: parts }, filter } },
      } as Parameters<typeof tsdavRequest>[0]['init'],
    }),
  );
  if (answer.kind === 'refused') throw statusFailure(answer.status, `the collection ${collection.name}`, account);
  return answer.resources.flatMap(({ path, properties }) => {
    const text = propertyText(properties.calendarData) ?? propertyText(properties.addressData);
    const etag = parseEtag(propertyText(properties.getetag));
    return text === undefined ? [] : [{ collection, path, text, ...(etag === undefined ? {} : { etag }) }];
  });
}

const NAMESPACES = {
  'xmlns:d': 'DAV:',
  'xmlns:c': 'urn:ietf:params:xml:ns:caldav',
  'xmlns:card': 'urn:ietf:params:xml:ns:carddav',
};

/** Gets one object; `undefined` when there is none. */
export async function findObject(server: DavServer, place: ObjectPlace): Promise<StoredObject | undefined> {
  const answer = await davRequest({ method: 'GET', url: urlOf(server, place) }, server.account, server.signal);
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (answer.status !== 200) throw statusFailure(answer.status, 'the entry', server.account);
  const etag = parseEtag(answer.headers.get('etag'));
  return { ...place, text: answer.body, ...(etag === undefined ? {} : { etag }) };
}

/**
 * Gets one object.
 * @throws ToolFailure when there is none.
 */
export async function getObject(server: DavServer, place: ObjectPlace): Promise<StoredObject> {
  const object = await findObject(server, place);
  if (object === undefined) throw statusFailure(404, 'the entry', server.account);
  return object;
}

/**
 * Writes an object, if what is there is what is expected. Gives its new version, where the server says it.
 * @throws ToolFailure when it is not, or the server refuses.
 */
export async function putObject(server: DavServer, place: ObjectPlace, text: string, guard: ObjectGuard): Promise<Etag | undefined> {
  const headers = { 'content-type': MEDIA_TYPES[place.collection.kind] };
  const answer = await guarded(server, place, guard, (condition) => ({
    method: 'PUT',
    url: urlOf(server, place),
    headers: { ...headers, ...condition },
    body: text,
  }));
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer, server);
  return parseEtag(answer.headers.get('etag'));
}

/**
 * Deletes an object, if what is there is what is expected.
 * @throws ToolFailure when it is not, or the server refuses.
 */
export async function deleteObject(server: DavServer, place: ObjectPlace, guard: ObjectGuard): Promise<void> {
  const answer = await guarded(server, place, guard, (condition) => ({ method: 'DELETE', url: urlOf(server, place), headers: condition }));
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer, server);
}

type Request = Parameters<typeof davRequest>[0];

/** `If-Match` never takes a weak ETag; the server that gives one right after a write gives the strong one a little later. */
async function guarded(
  server: DavServer,
  place: ObjectPlace,
  guard: ObjectGuard,
  request: (condition: Readonly<Record<string, string>>) => Request,
): Promise<DavAnswer> {
  const send = (condition: Readonly<Record<string, string>>) => davRequest(request(condition), server.account, server.signal);
  if (guard.kind === 'any') return send({});
  if (guard.kind === 'absent') return send({ 'if-none-match': '*' });
  if (!isWeak(guard.etag)) return send({ 'if-match': guard.etag });
  await new Promise<void>((resolve) => setTimeout(resolve, SETTLING_MS));
  const now = await getObject(server, place);
  if (now.etag === undefined || !sameVersion(now.etag, guard.etag)) throw statusFailure(412, 'the entry', server.account);
  if (isWeak(now.etag)) {
    throw new ToolFailure(
      `${server.account.url.host} names only weak versions (ETag) of its entries, so a change cannot be guarded against others; nothing was written`,
    );
  }
  return send({ 'if-match': now.etag });
}

function refusal(answer: DavAnswer, server: DavServer): ToolFailure {
  const failure = statusFailure(answer.status, 'the entry', server.account);
  // The preconditions of CalDAV and CardDAV (RFC 4791, 5.3.2.1), such as no-uid-conflict, say it best.
  const reason = /<(?:[\w-]+:)?((?:valid|supported|no|max|min)-[a-z-]+|[a-z-]*precondition)/.exec(answer.body)?.[1];
  const said = reason === undefined ? '' : ` (${reason})`;
  return new ToolFailure(`${failure.message}${said}`);
}

function urlOf({ account }: DavServer, { path }: ObjectPlace): string {
  return `${account.url.origin}${path}`;
}
