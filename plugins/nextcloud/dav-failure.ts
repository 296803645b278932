import { ToolFailure } from 'pyra/plugin';
import { connectionWords } from './connection-words.js';
import type { DavAccount } from './dav-account.js';
import { type RefusedRequest, statusWords } from './status-words.js';

/** Says in words why a server could not be asked, and what to do. A {@link ToolFailure} and an abort stay as they are. */
export function connectionFailure(thrown: unknown, account: DavAccount, method: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError');
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure) return thrown;
  const unknown = '; whether the change was made is not known: look before you try again';
  const next = method === 'PUT' || method === 'DELETE' ? unknown : '; try again';
  const words = connectionWords(thrown, { server: account.url.host, setup: account.setup, next });
  return words === undefined ? thrown : new ToolFailure(words);
}

/** Says in words what the status of an answer means for what was asked of, such as `the event Standup`. */
export function statusFailure(status: number, what: string, { url, user, setup }: DavAccount): ToolFailure {
  const request = { server: url.host, user, setup };
  return new ToolFailure(statusWords(status, what, request) ?? entryWords(status, what, request));
}

function entryWords(status: number, what: string, { server, user, setup }: RefusedRequest): string {
  switch (status) {
    case 403:
      return `${server} does not allow that for ${what}: it may be shared read-only`;
    case 404:
    case 410:
      return `${what} is not there (any more); look it up again`;
    case 405:
      return `${server} does not allow that at this address; the person checks the address with ${setup}`;
    case 409:
      return `${server} says that ${what} conflicts with what is there, such as another entry with the same identity`;
    case 412:
      return `${what} was changed in the meantime, so nothing was written; look at it again and decide anew`;
    case 415:
      return `${server} does not take ${what} into this collection: it holds another kind of entries`;
    case 507:
      return `the storage of ${user} on ${server} is full, so nothing was written; something has to be deleted first (the trash bin counts too)`;
    default:
      return `${server} answered HTTP ${status} for ${what}${status >= 500 ? '; try again later' : ''}`;
  }
}
