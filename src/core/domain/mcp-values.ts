import type { McpValue } from './mcp-server.js';
import type { McpSettingsReader } from './mcp-settings-reader.js';
import { kind } from './mcp-settings-reader.js';
import { isBrokenReference, parseMcpValue } from './mcp-value.js';
import { isSecretLike } from './secret-like.js';

const MAX_VALUES = 64;
const MAX_CHARACTERS = 4_096;

/** Variables that Pyra sets, or that let others in where nothing keeps them in yet: the loader's. */
const OWN_VARIABLES = /^(?:HOME|PATH|LD_.*|DYLD_.*)$/;
/** Headers that belong to the protocol. */
const OWN_HEADERS =
  /^(?:accept|connection|content-.*|host|keep-alive|last-event-id|mcp-.*|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/i;

interface ValueRule {
  readonly key: 'env' | 'headers';
  readonly name: RegExp;
  readonly nameForm: string;
  readonly own: RegExp;
  readonly value: RegExp;
  readonly valueForm: string;
}

const VARIABLES: ValueRule = {
  key: 'env',
  name: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  nameForm: 'a variable has letters, digits and _',
  own: OWN_VARIABLES,
  value: /^[^\0]*$/,
  valueForm: 'a text',
};
const HEADERS: ValueRule = {
  key: 'headers',
  name: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
  nameForm: 'a header has letters, digits and -',
  own: OWN_HEADERS,
  value: /^[\x20-\x7e]*$/,
  valueForm: 'a text on one line in ASCII',
};

/** The variables of a program. */
export function mcpVariables(reader: McpSettingsReader): Readonly<Record<string, McpValue>> {
  return values(reader, VARIABLES);
}

/** The headers of requests to an address; two that differ only in case are one too many. */
export function mcpHeaders(reader: McpSettingsReader): Readonly<Record<string, McpValue>> {
  const found = values(reader, HEADERS);
  const names = Object.keys(found);
  for (const [index, name] of names.entries()) {
    if (names.slice(0, index).some((one) => one.toLowerCase() === name.toLowerCase()))
      reader.fault(['headers', name], 'is there twice, in other letters');
  }
  return found;
}

function values(reader: McpSettingsReader, rule: ValueRule): Readonly<Record<string, McpValue>> {
  const found: [string, McpValue][] = [];
  for (const [name, given] of reader.members(rule.key, MAX_VALUES)) {
    const at = [rule.key, name];
    const fault = nameFault(name, rule) ?? textFault(given, rule) ?? secretFault(name, given as string);
    if (fault === undefined) found.push([name, parseMcpValue(given as string)]);
    else reader.fault(at, fault);
  }
  return Object.fromEntries(found);
}

function nameFault(name: string, { name: pattern, nameForm, own }: ValueRule): string | undefined {
  if (!pattern.test(name) || name === '__proto__') return `is no name here: ${nameForm}`;
  return own.test(name) ? 'is what Pyra sets itself, or lets nobody set' : undefined;
}

function textFault(given: unknown, { value, valueForm }: ValueRule): string | undefined {
  if (typeof given === 'string' && given.length <= MAX_CHARACTERS && value.test(given)) return undefined;
  const quotes = typeof given === 'number' || typeof given === 'boolean' ? '; put it in quotes' : '';
  return `expected ${valueForm} of at most ${MAX_CHARACTERS} characters, found ${typeof given === 'string' ? 'another text' : kind(given)}${quotes}`;
}

function secretFault(name: string, given: string): string | undefined {
  if (isBrokenReference(given)) return 'expected the name of a secret behind secret: (letters, digits and ._:@+-)';
  const { text, secret } = parseMcpValue(given);
  if (!isSecretLike(text, secret === undefined ? name : undefined)) return undefined;
  return `looks like a secret, and config.yaml is no place for one: put it into the vault (pyra vault set NAME) and write ${name === 'Authorization' ? 'Bearer ' : ''}secret:NAME`;
}
