import { ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { presetOfHost } from './provider-presets.js';

/** What imapflow, Node's TLS and its sockets hang onto the errors that they throw. */
interface MailError {
  readonly message: string;
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  readonly serverResponseCode?: string;
  readonly responseText?: string;
  readonly responseStatus?: string;
  readonly mailboxMissing?: boolean;
}

const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)$/;
const TIMEOUT = /^(ETIMEDOUT|ETIMEOUT|CONNECT_TIMEOUT|GREETING_TIMEOUT|UPGRADE_TIMEOUT)$/;
const LOST = /^(NoConnection|EConnectionClosed|StateLogout|ClosedAfterConnect\w+|ECONNRESET|EPIPE)$/;

/** Says in words what went wrong with an account's IMAP server, and what to do. A {@link ToolFailure} stays as it is. */
export function imapFailure(thrown: unknown, account: Account): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  // By its name too: that of a refused secret has another class.
  if (thrown instanceof ToolFailure || thrown.name === 'ToolFailure') return thrown;
  if (thrown.name === 'AbortError') return thrown;
  const words = explain(thrown as MailError, account);
  return words === undefined ? thrown : new ToolFailure(words);
}

function explain(error: MailError, account: Account): string | undefined {
  const { host, port } = account.imap;
  const server = `${host}:${port}`;
  const code = error.code ?? '';
  const setup = `\`pyra plugin setup email${account.name === 'main' ? '' : ` --account ${account.name}`}\``;
  if (error.authenticationFailed === true) {
    const note = presetOfHost(host)?.note ?? 'some providers ask for an app password';
    return `${host} refused the sign-in of ${account.user}${said(error)}; the person checks user name and password with ${setup} (${note})`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${server} is for another host; nothing was sent. The person checks the server's name with ${setup}`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${server} has expired; nothing was sent`;
  if (CERTIFICATE.test(code)) {
    return `the certificate of ${server} is not one that this machine trusts (${code}); nothing was sent. If the server has its own authority, the person gives its certificate (ca) with ${setup}`;
  }
  // The words of whoever keeps plugins in.
  if (/^egress refused/.test(error.message)) return `${error.message}; the person checks the server's name and port with ${setup}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host ${host} is not known, or there is no network`;
  if (code === 'ECONNREFUSED') return `${server} refuses connections; is the port right?`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `${server} cannot be reached; is there a network?`;
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return `${server} does not speak TLS from the start; the person sets imap_tls to starttls, or another port, with ${setup}`;
  }
  if (error.tlsFailed === true) return `${server} could not be brought to encrypt the connection, so nothing was sent (${error.message})`;
  if (TIMEOUT.test(code)) return `${server} did not answer in time; try again later`;
  if (code === 'ETHROTTLE' || error.serverResponseCode === 'LIMIT') return `${host} wants fewer requests; try again in a few minutes`;
  if (error.serverResponseCode === 'OVERQUOTA' || /quota/i.test(error.responseText ?? '')) {
    return `the mailbox of ${account.address} is full${said(error)}; something has to be deleted or moved away first`;
  }
  if (LOST.test(code)) return `the connection to ${server} was lost; try again`;
  if (error.responseStatus === 'NO' || error.responseStatus === 'BAD') return `${host} refused it${said(error)}`;
  if (error.code !== undefined) return `${server}: ${error.message}`;
  return undefined;
}

function said(error: MailError): string {
  const text = error.responseText?.trim() ?? '';
  return text === '' ? '' : `, saying: ${text.slice(0, 200)}`;
}
