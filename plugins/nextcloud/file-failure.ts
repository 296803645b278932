import { ToolFailure } from 'pyra/plugin';
import { shownPath } from './remote-path.js';

/** What webdav, node-fetch and Node's TLS and sockets hang onto the errors that they throw. */
interface RemoteError extends Error {
  readonly status?: number;
  readonly code?: string;
}

/** Where something went wrong: for the words, and for what to do next. */
export interface FailedRequest {
  /** What was tried, such as `write`. */
  readonly action: string;
  readonly path: string;
  /** `host:port` of the server. */
  readonly server: string;
  readonly user: string;
  /** The command with which the person answers the questions again. */
  readonly setup: string;
  /** Whether the request changes something on the server. */
  readonly changes: boolean;
}

const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)$/;
const LOST = /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET_CLOSED|UND_ERR_SOCKET)$/;
const TIMEOUT = /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/;

/** The status of the answer that an error stands for; `undefined` when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error ? (thrown as RemoteError).status : undefined;
}

/** Says in words what went wrong with a request for a file, and what to do. A {@link ToolFailure} and an abort stay as they are. */
export function fileFailure(thrown: unknown, request: FailedRequest): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure || thrown.name === 'AbortError') return thrown;
  const error = thrown as RemoteError;
  const words = error.status === undefined ? connectionWords(error, request) : statusWords(error.status, request);
  return words === undefined ? thrown : new ToolFailure(words);
}

function statusWords(status: number, { action, path, server, user, setup }: FailedRequest): string {
  const shown = shownPath(path);
  switch (status) {
    case 401:
      return `${server} refused the sign-in of ${user}; the person checks user name and password (Nextcloud wants an app password, made in its security settings) with ${setup}`;
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
    case 413:
      return `${shown} is too large for ${server}`;
    case 423:
      return `${shown} is locked on ${server}, so nothing was changed; try again when it is released`;
    case 429:
      return `${server} wants fewer requests (after several refused sign-ins Nextcloud slows down); try again in some minutes`;
    case 503:
      return `${server} is in maintenance or overloaded; try again later`;
    case 507:
      return `the storage of ${user} on ${server} is full, so ${shown} was not written; something has to be deleted first (the trash bin counts too)`;
    default:
      return `${server} could not ${action} ${shown} (HTTP ${status})${status >= 500 ? '; try again later' : ''}`;
  }
}

function connectionWords(error: RemoteError, { server, setup, changes, action, path }: FailedRequest): string | undefined {
  const code = error.code ?? '';
  const perhaps = changes
    ? `; whether it still came to ${action} ${shownPath(path)} is not known: look before you try again`
    : '; try again';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of ${server} is for another host; nothing was sent. The person checks the address with ${setup}`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${server} has expired; nothing was sent`;
  if (CERTIFICATE.test(code)) {
    return `the certificate of ${server} is not one that this machine trusts (${code}); nothing was sent. If the server has its own authority, the person gives its certificate (ca) with ${setup}`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host of ${server} is not known, or there is no network`;
  if (code === 'ECONNREFUSED') return `${server} refuses connections; is the address right, and is the server up?`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `${server} cannot be reached; is there a network?`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return `${server} does not speak TLS there; is the address (https, port) right? See ${setup}`;
  if (code === 'EACCES') return error.message.replace(/^request to \S+ failed, reason: /, '');
  if (TIMEOUT.test(code)) return `${server} did not answer in time${perhaps}`;
  if (LOST.test(code) || /premature close|socket hang up/i.test(error.message)) return `the connection to ${server} was lost${perhaps}`;
  if (/multistatus|XML|bad response/i.test(error.message))
    return `${server} gave an answer that is not WebDAV; is the address right? See ${setup}`;
  return error.code === undefined ? undefined : `${server}: ${error.code}`;
}
