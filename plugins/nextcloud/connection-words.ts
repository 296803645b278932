/** Which connection failed, and what to do next when it was lost in the middle. */
export interface FailedConnection {
  /** `host:port` of the server. */
  readonly server: string;
  /** The command with which the person answers the questions of setup again. */
  readonly setup: string;
  /** What is said behind a lost connection, with its semicolon: to try again, or that the change may have been made. */
  readonly next: string;
}

const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+)$/;
const LOST = /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_SOCKET_CLOSED|ABORT_ERR)$/;

/** Says in words why a server could not be asked: what Node's TLS, HTTP and sockets hang onto their errors. `undefined` for what is no such error. */
export function connectionWords(thrown: Error, { server, setup, next }: FailedConnection): string | undefined {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  const { message } = thrown;
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
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `${server} does not speak TLS there; the person checks the address with ${setup}`;
  }
  // The words of the broker: which way out is not open to the plugin.
  if (code === 'EACCES') return message.replace(/^request to \S+ failed, reason: /, '');
  if (code === 'ETIMEDOUT') return `${server} did not answer in time${next}`;
  if (LOST.test(code) || /premature close|socket hang up|aborted/i.test(message)) return `the connection to ${server} was lost${next}`;
  if (code.startsWith('HPE_')) return `${server} does not speak HTTP there; the person checks the address with ${setup}`;
  if (/multistatus|bad response/i.test(message))
    return `${server} gave an answer that is not WebDAV; the person checks the address with ${setup}`;
  return code === '' ? undefined : `${server}: ${code}`;
}
