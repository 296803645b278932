import { ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { presetOfHost } from './provider-presets.js';

/** What nodemailer hangs onto the errors that it throws. */
interface SmtpError {
  readonly message: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly command?: string;
  readonly timeoutType?: string;
}

const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)$/;

/** Says in words what went wrong with an account's SMTP server before it had the whole message, so nothing was sent. A {@link ToolFailure} stays as it is. */
export function smtpFailure(thrown: unknown, account: Account): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure || thrown.name === 'ToolFailure' || thrown.name === 'AbortError') return thrown;
  const words = connectionWords(thrown as SmtpError, account) ?? answerWords(thrown as SmtpError, account);
  return words === undefined ? thrown : new ToolFailure(`${words} (nothing was sent)`);
}

/** What a server answered, on one line: `550 5.1.1 no such user`. */
export function saidByServer(response: string | undefined): string {
  const lines = (response ?? '').split(/\r?\n/).map((line, index) => (index === 0 ? line : line.replace(/^\d{3}[ -](\d\.\d+\.\d+ )?/, '')));
  return lines
    .join(' ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

/** What it means that a server refused one recipient. */
export function recipientWords(error: SmtpError): string {
  const said = saidByServer(error.response) || error.message;
  const code = error.responseCode ?? 0;
  if (code === 452 || code === 552) return `the mailbox is full, or there are too many recipients: ${said}`;
  if (code >= 400 && code < 500) return `not accepted for now, so it can be tried again in some minutes: ${said}`;
  if (code === 550 || code === 551 || code === 553) return `refused for good, mostly because there is no such mailbox: ${said}`;
  return `refused: ${said}`;
}

function setup(account: Account): string {
  return `\`pyra plugin setup email${account.name === 'main' ? '' : ` --account ${account.name}`}\``;
}

function connectionWords(error: SmtpError, account: Account): string | undefined {
  const { host, port, tls } = account.smtp;
  const server = `${host}:${port}`;
  const code = error.originalCode ?? error.code ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${server} is for another host; the person checks smtp_host with ${setup(account)}`;
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of ${server} has expired`;
  if (CERTIFICATE.test(code)) {
    return `the certificate of ${server} is not one that this machine trusts (${code}); if the server has an authority of its own, the person gives its certificate as \`ca\` with ${setup(account)}`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || error.code === 'EDNS') return `the host ${host} is not known, or there is no network`;
  if (code === 'ECONNREFUSED') return `${server} refuses connections; is smtp_port right?`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `${server} cannot be reached; is there a network?`;
  if (/wrong.version.number|packet length too long|ERR_SSL_/i.test(`${code} ${error.message}`)) {
    return `${server} does not speak TLS from the start; the person sets smtp_tls to starttls, or another port, with ${setup(account)}`;
  }
  if (error.command === 'STARTTLS' && error.response !== undefined) {
    return `${server} does not offer to encrypt the connection (${saidByServer(error.response)}), so it got neither password nor message; the person checks smtp_port and smtp_tls with ${setup(account)}`;
  }
  if (error.code === 'ETIMEDOUT' && error.timeoutType === 'GREETING_TIMEOUT' && tls === 'starttls') {
    return `${server} said nothing in time; perhaps it wants TLS from the start: smtp_tls tls, with ${setup(account)}`;
  }
  if (error.code === 'ETIMEDOUT' || code === 'ETIMEDOUT') return `${server} did not answer in time; try again later`;
  if (error.code === 'ETLS') return `${server} could not be brought to encrypt the connection (${error.message})`;
  if (error.response === undefined && (error.code === 'ECONNECTION' || error.code === 'ESOCKET')) {
    return /refused/i.test(error.message) ? `${server}: ${error.message}` : `the connection to ${server} was lost (${error.message})`;
  }
  return undefined;
}

function answerWords(error: SmtpError, account: Account): string | undefined {
  const { host } = account.smtp;
  const code = error.responseCode ?? 0;
  const said = saidByServer(error.response);
  if (error.code === 'EAUTH') {
    if (code >= 400 && code < 500 && code !== 432)
      return `${host} cannot check the sign-in at the moment: ${said}; try again in some minutes`;
    const note = presetOfHost(host)?.note;
    const more = note === undefined ? '' : `. ${note}`;
    return `${host} refused the sign-in of ${account.user}${said === '' ? '' : `, saying: ${said}`}; the person checks it with ${setup(account)}${more}`;
  }
  if (code === 552 || code === 523 || /larger than allowed/i.test(error.message)) {
    const most = /allowed (\d+)/i.exec(error.message)?.[1];
    const limit =
      most === undefined
        ? ''
        : `: it takes ${Math.floor(Number(most) / 1024).toLocaleString('en')} KB at most, files counted a third larger than they are`;
    return `the message is too large for ${host}${limit || (said === '' ? '' : `: ${said}`)}`;
  }
  if (code === 530) return `${host} wants a sign-in or an encrypted connection first: ${said}`;
  if (code >= 400 && code < 500) return `${host} does not take the message for now: ${said}; try again in some minutes`;
  if (code >= 500) return `${host} refused ${error.command === 'MAIL FROM' ? `the sender ${account.address}` : 'the message'}: ${said}`;
  return error.code === undefined ? undefined : `${host}: ${error.message}`;
}
