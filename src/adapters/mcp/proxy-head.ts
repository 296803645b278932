/** What a client asks a proxy for: where to connect, and what of its bytes goes there. */
export interface ProxyRequest {
  readonly host: string;
  readonly port: number;
  /** Whether the connection itself is what is asked for; its answer then comes from the proxy. */
  readonly tunnel: boolean;
  /** What is sent there first. */
  readonly first: Buffer;
}

/** The most that the head of a request may hold. */
export const MAX_HEAD_BYTES = 64 * 1024;

const END = '\r\n\r\n';
const REQUEST = /^([A-Z]{1,20}) (\S{1,8192}) HTTP\/1\.[01]$/;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]{2,45}\]|[^\s:/?#@[\]]{1,253}):(\d{1,5})$/;
/** Headers that are for the proxy (RFC 9110, section 7.6.1), and the host, which is said anew. */
const HOP = /^(?:proxy-[a-z-]+|connection|keep-alive|te|host)$/;

/**
 * Reads the head of a request from the first bytes of a connection: `CONNECT host:port`, or a request for an `http` address, made into one for
 * its host that ends the connection with its answer. `undefined` while more bytes are needed, a sentence for what is no such request.
 */
export function proxyRequest(bytes: Buffer): ProxyRequest | string | undefined {
  const end = bytes.indexOf(END);
  if (end === -1) return bytes.byteLength > MAX_HEAD_BYTES ? 'the head of the request is too long' : undefined;
  if (end > MAX_HEAD_BYTES) return 'the head of the request is too long';
  const rest = bytes.subarray(end + END.length);
  const [line = '', ...headers] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, method, target = ''] = REQUEST.exec(line) ?? [];
  if (method === undefined) return 'this is no request of HTTP/1.1';
  if (method === 'CONNECT') {
    const [, host, port] = AUTHORITY.exec(target) ?? [];
    return host === undefined ? 'CONNECT needs a host and a port' : { host, port: Number(port), tunnel: true, first: rest };
  }
  const url = URL.parse(target);
  if (url === null || url.protocol !== 'http:' || url.hostname === '') return 'only addresses with http, and CONNECT, are taken';
  const head = headOf(`${method} ${url.pathname}${url.search} HTTP/1.1`, url.host, headers);
  if (head === undefined) return 'a header of the request is none';
  return { host: url.hostname, port: Number(url.port || 80), tunnel: false, first: Buffer.concat([Buffer.from(head, 'latin1'), rest]) };
}

function headOf(line: string, host: string, headers: readonly string[]): string | undefined {
  const named = headers.map((header) => ({ header, name: /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):/.exec(header)?.[1]?.toLowerCase() }));
  if (named.some(({ header, name }) => name === undefined || /[\r\n\0]/.test(header))) return undefined;
  const upgrade = named.some(({ name }) => name === 'upgrade');
  const kept = named.flatMap(({ header, name = '' }) => (HOP.test(name) ? [] : [header]));
  return [line, `Host: ${host}`, `Connection: ${upgrade ? 'Upgrade' : 'close'}`, ...kept].join('\r\n') + END;
}
