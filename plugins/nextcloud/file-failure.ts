import { ToolFailure } from 'pyra/plugin';
import { connectionWords } from './connection-words.js';
import { shownPath } from './remote-path.js';
import { type RefusedRequest, statusWords } from './status-words.js';

/** What webdav, node-fetch and Node's TLS and sockets hang onto the errors that they throw. */
interface RemoteError extends Error {
  readonly status?: number;
}

/** Where something went wrong: for the words, and for what to do next. */
export interface FailedRequest extends RefusedRequest {
  /** What was tried, such as `write`. */
  readonly action: string;
  readonly path: string;
  /** Whether the request changes something on the server. */
  readonly changes: boolean;
}

/** The status of the answer that an error stands for; `undefined` when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error ? (thrown as RemoteError).status : undefined;
}

/** Says in words what went wrong with a request for a file, and what to do. A {@link ToolFailure} and an abort stay as they are. */
export function fileFailure(thrown: unknown, request: FailedRequest): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure || thrown.name === 'AbortError') return thrown;
  const error = thrown as RemoteError;
  const { server, setup, changes, action, path } = request;
  const unknown = `; whether it still came to ${action} ${shownPath(path)} is not known: look before you try again`;
  const words =
    error.status === undefined
      ? connectionWords(error, { server, setup, next: changes ? unknown : '; try again' })
      : (statusWords(error.status, shownPath(path), request) ?? fileWords(error.status, request));
  return words === undefined ? thrown : new ToolFailure(words);
}

function fileWords(status: number, { action, path, server, user }: FailedRequest): string {
  const shown = shownPath(path);
  switch (status) {
    case 403:
      return `${server} does not allow to ${action} ${shown}: it may be shared read-only or be protected`;
    case 404:
      return `there is no ${shown} on ${server}; nextcloud.files lists what a folder holds`;
    case 405:
      return `${server} cannot ${action} ${shown}: something of that name may exist already, or it is not a WebDAV address`;
    case 409:
      return `${server} could not ${action} ${shown}: the folder that it should lie in does not exist`;
    case 412:
      return `${shown} is no longer as it was, so nothing was changed; read it again and decide anew`;
    case 507:
      return `the storage of ${user} on ${server} is full, so ${shown} was not written; something has to be deleted first (the trash bin counts too)`;
    default:
      return `${server} could not ${action} ${shown} (HTTP ${status})${status >= 500 ? '; try again later' : ''}`;
  }
}
