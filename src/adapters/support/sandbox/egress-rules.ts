import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** One place that a child may connect to. */
export interface EgressRule {
  /** In lower case; an IPv6 address without brackets; a pattern is kept with its star: `*.example.org`. */
  readonly host: string;
  readonly port: number;
  /** Whether the person named the host, which then may be in a private network, and not whoever wrote what runs. */
  readonly configured: boolean;
  /**
   * Whether the person knows a host by a name that others answer for: it may then lead into a private network, but not to this machine or
   * its link, where the hosts of clouds give away their credentials.
   */
  readonly named?: boolean;
}

const NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?$/;

/** The rule that allows a host and port, one by which the person named it before others; `host` is as {@link normalHost} gives it. */
export function ruleFor(rules: readonly EgressRule[], host: string, port: number): EgressRule | undefined {
  const fitting = rules.filter((rule) => rule.port === port && matches(rule.host, host));
  return fitting.find(({ configured }) => configured) ?? fitting[0];
}

/** A host in its one form: lower case, ASCII, no dot at the end, no brackets; undefined for what is none. */
export function normalHost(text: string): string | undefined {
  const bare = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) === 6) return bare.includes('%') ? undefined : new URL(`http://[${bare}]`).hostname.slice(1, -1);
  // It reads as a browser does, which cuts at some of these and drops others.
  if (/[\s\0-\x20\x7f/?#@\\:%<>^|[\]]/.test(bare)) return undefined;
  const ascii = domainToASCII(bare).replace(/\.$/, '');
  // What ends in a number is an IPv4 address in one of its strange forms.
  return NAME.test(ascii) && isIP(ascii) === 0 && !/\.\.|(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(ascii) ? ascii : undefined;
}

/** The rule for a host as somebody wrote it, and a port; undefined for what is none. */
export function ruleAt(text: string, port: number, mayBePattern: boolean, configured: boolean): EgressRule | undefined {
  const pattern = mayBePattern && text.startsWith('*.');
  const host = normalHost(pattern ? text.slice(2) : text.trim());
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { host: pattern ? `*.${host}` : host, port, configured };
}

function matches(rule: string, host: string): boolean {
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : rule === host;
}
