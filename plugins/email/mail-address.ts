import { domainToASCII } from 'node:url';
import { ToolFailure } from 'pyra/plugin';

/** One recipient. `address` is what the server is given: ASCII alone, a domain with other letters in its `xn--` form. */
export interface MailAddress {
  readonly address: string;
  readonly name?: string;
}

const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LOCAL = new RegExp(`^${ATEXT}(?:\\.${ATEXT})*$`);
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * What no field of a header may hold: control characters, line breaks of every kind, and characters that are not seen or turn the direction of
 * what is seen.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

/**
 * Reads one address as the model gives it: `alice@example.org` or `Alice <alice@example.org>`. It is strict on purpose, so that the address shown
 * is the address used: no second address, no comment, no group, no quoted local part, no name that looks like an address.
 * @throws ToolFailure that says what is wrong with it.
 */
export function parseMailAddress(text: string, field: string): MailAddress {
  const refuse = (why: string): never => {
    throw new ToolFailure(`${field}: ${JSON.stringify(text.slice(0, 120))} is not an address that can be used: ${why}`);
  };
  if (UNSEEN.test(text)) refuse('it holds a line break or a character that cannot be seen');
  const written = text.trim();
  const named = /^(.*?)\s*<([^<>]*)>$/su.exec(written);
  const bare = (named?.[2] ?? written).trim();
  const name = unquoted((named?.[1] ?? '').trim());
  if (name === undefined) return refuse('its name is not quoted as it has to be');
  if (/[@<>]/.test(name)) refuse('its name looks like another address');
  if (name.length > 200) refuse('its name is longer than 200 characters');
  const at = bare.lastIndexOf('@');
  const local = bare.slice(0, Math.max(at, 0));
  const domain = bare.slice(at + 1);
  if (at < 1 || domain === '') refuse('it is not of the form name@domain');
  if (/[,;]/.test(bare)) refuse('each recipient is an entry of its own');
  if (!LOCAL.test(local)) refuse('the part before the @ holds a character that is not allowed there');
  const ascii = /[^\x21-\x7e]/.test(domain) ? domainToASCII(domain) : domain.toLowerCase();
  const labels = ascii.split('.');
  if (!labels.every((label) => LABEL.test(label)) || !/[a-z]/.test(labels.at(-1) ?? '')) refuse('the part after the @ is not a domain');
  if (local.length > 64 || local.length + ascii.length > 253) refuse('it is too long');
  return { address: `${local}@${ascii}`, ...(name === '' ? {} : { name }) };
}

/** Reads every address of a field; the same address twice is one. */
export function parseMailAddresses(texts: readonly string[] | undefined, field: string): readonly MailAddress[] {
  const found = new Map<string, MailAddress>();
  for (const text of texts ?? []) {
    const one = parseMailAddress(text, field);
    const key = one.address.toLowerCase();
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

/** Writes an address for a person: the bare address first, since it is what counts. */
export function shownAddress({ address, name }: MailAddress): string {
  return name === undefined ? address : `${address} (${name})`;
}

/** The one line of a header field such as the subject. @throws ToolFailure when it holds more than that. */
export function headerText(text: string, field: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw new ToolFailure(`${field}: it must be one line, without line breaks or control characters`);
  return text;
}

function unquoted(name: string): string | undefined {
  if (!name.includes('"')) return name.includes('\\') ? undefined : name;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/su.exec(name);
  return quoted?.[1]?.replaceAll(/\\(.)/gsu, '$1').trim();
}
