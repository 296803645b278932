import { ToolFailure } from 'pyra/plugin';
import type { DavCollection } from './dav-collection.js';
import type { DavServer } from './dav-server.js';

/** Where one event, task or person is on the server. */
export interface ObjectPlace {
  readonly collection: DavCollection;
  /** Its path, percent-encoded as the server writes it. */
  readonly path: string;
}

/** Writes a place as the id that the model is given: `account~collection~object`. */
export function objectId(server: DavServer, { collection, path }: ObjectPlace): string {
  const name = path.startsWith(collection.path) ? path.slice(collection.path.length) : (path.split('/').at(-1) ?? '');
  return `${server.account.name}~${collection.id}~${name.replaceAll('~', '%7E')}`;
}

/** The account that an id belongs to; `undefined` when it is no id. */
export function accountOfId(id: string): string | undefined {
  return /^([a-z][a-z0-9-]*)~/.exec(id.trim())?.[1];
}

/**
 * Reads an id. It names an entry of a collection that is there, and nothing else on the server.
 * @throws ToolFailure when it is none, or its collection is not there.
 */
export function placeOf(id: string, kind: DavCollection['kind'], server: DavServer): ObjectPlace {
  const [account, name, object, ...rest] = id.trim().split('~');
  const source = kind === 'calendar' ? 'nextcloud.events' : 'nextcloud.contacts';
  const isName =
    object !== undefined && /^[^/\\?#\s~]{1,500}$/.test(object) && !/^(\.|%2e){1,2}$/i.test(object) && !/%2f|%5c|%00/i.test(object);
  if (account === undefined || name === undefined || rest.length > 0 || !isName) {
    throw new ToolFailure(`${JSON.stringify(id.slice(0, 80))} is not an id; take one from ${source} as it is`);
  }
  if (account !== server.account.name) throw new ToolFailure(`${id} belongs to the account ${account}, not to ${server.account.name}`);
  const collection = server.collections.find((one) => one.kind === kind && one.id === name);
  if (collection === undefined) throw new ToolFailure(`the collection of ${id} is not there (any more); take an id from ${source}`);
  return { collection, path: `${collection.path}${object}` };
}
