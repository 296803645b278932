import { ToolFailure } from 'pyra/plugin';
import type { DavAccount } from './dav-account.js';

const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)$/;
const LOST = /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET_CLOSED|ABORT_ERR)$/;

/** Says in words why a server could not be asked, and what to do. A {@link ToolFailure} and an abort stay as they are. */
export function connectionFailure(thrown: unknown, account: DavAccount, method: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError');
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure) return thrown;
  const words = connectionWords((thrown as NodeJS.ErrnoException).code ?? '', thrown.message, account, method);
  return words === undefined ? thrown : new ToolFailure(words);
}

function connectionWords(code: string, message: string, { url, setup }: DavAccount, method: string): string | undefined {
  const server = url.host;
  const perhaps =
    method === 'PUT' || method === 'DELETE' ? '; whether the change was made is not known: look before you try again' : '; try again';
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
    return `${server} does not speak TLS there; the person checks the address with ${setup}`;
  if (code === 'EACCES') return message;
  if (code === 'ETIMEDOUT') return `${server} did not answer in time${perhaps}`;
  if (LOST.test(code) || /socket hang up|aborted/i.test(message)) return `the connection to ${server} was lost${perhaps}`;
  if (code.startsWith('HPE_')) return `${server} does not speak HTTP there; the person checks the address with ${setup}`;
  return code === '' ? undefined : `${server}: ${code}`;
}

/** Says in words what the status of an answer means for what was asked of, such as `the event Standup`. */
export function statusFailure(status: number, what: string, { url, user, setup }: DavAccount): ToolFailure {
  return new ToolFailure(statusWords(status, what, url.host, user, setup));
}

function statusWords(status: number, what: string, server: string, user: string, setup: string): string {
  switch (status) {
    case 401:
      return `${server} refused the sign-in of ${user}; the person checks user name and password (Nextcloud wants an app password, made in its security settings) with ${setup}`;
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
    case 413:
      return `${what} is too large for ${server}`;
    case 415:
      return `${server} does not take ${what} into this collection: it holds another kind of entries`;
    case 423:
      return `${what} is locked on ${server}, so nothing was changed; try again when it is released`;
    case 429:
      return `${server} wants fewer requests (after several refused sign-ins Nextcloud slows down); try again in some minutes`;
    case 503:
      return `${server} is in maintenance or overloaded; try again later`;
    case 507:
      return `the storage of ${user} on ${server} is full, so nothing was written; something has to be deleted first (the trash bin counts too)`;
    default:
      return `${server} answered HTTP ${status} for ${what}${status >= 500 ? '; try again later' : ''}`;
  }
}
