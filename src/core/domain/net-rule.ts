/** One side of a rule: as it stands in the manifest, or the answer to a question. */
export type NetPart = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'setting'; readonly key: string };

/** What a plugin may connect to, as its manifest says it. */
export type NetRule =
  /** `host:port`, `*.suffix:port`, with settings in place of either. */
  | { readonly kind: 'pair'; readonly host: NetPart; readonly port: NetPart }
  /** `{settings.url}`: the host and port of an address that the person gave. */
  | { readonly kind: 'url'; readonly key: string };

const SETTING = String.raw`\{settings\.([a-z][a-z0-9_]*)\}`;
const WHOLE = new RegExp(`^${SETTING}$`);
const PAIR = new RegExp(String.raw`^(?:${SETTING}|(\[[0-9a-fA-F:.]+\]|(?:\*\.)?[A-Za-z0-9._-]+)):(?:${SETTING}|(\d{1,5}))$`);
const NAME = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A rule of `permissions.net`; `undefined` for what is none. A pattern needs two labels behind its star: `*.com` would be a good part of the world. */
export function parseNetRule(text: string): NetRule | undefined {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return { kind: 'url', key: whole };
  const match = PAIR.exec(text);
  if (match === null) return undefined;
  const [, hostKey, host = '', portKey, port = ''] = match;
  if (hostKey === undefined && !isHost(host)) return undefined;
  if (portKey === undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return undefined;
  return { kind: 'pair', host: part(hostKey, host.toLowerCase()), port: part(portKey, String(Number(port))) };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return host.length <= 41 && host.includes(':');
  if (host.length > 253 || !NAME.test(host)) return false;
  return !host.startsWith('*.') || host.split('.').length >= 3;
}

function part(key: string | undefined, text: string): NetPart {
  return key === undefined ? { kind: 'literal', text } : { kind: 'setting', key };
}
