import type { McpAddress, McpProgram } from './mcp-server.js';
import type { McpSettingsReader } from './mcp-settings-reader.js';
import { mcpHeaders, mcpVariables } from './mcp-values.js';
import { parseNetRule } from './net-rule.js';
import { isSecretLike } from './secret-like.js';
import { utf8Bytes } from './utf8.js';

const MAX_ARGUMENTS = 256;
const MAX_FOLDERS = 64;
const OF_PROGRAMS = ['args', 'env', 'read', 'write', 'net'];

const PATH = (form: string) => ({ form, fits: isPlainPath });
const ARGUMENT = {
  form: 'a text of at most 8192 characters',
  fits: (text: string): boolean => text.length <= 8_192 && !text.includes('\0'),
};
const HOST = {
  form: 'host:port or *.example.org:port',
  fits: (text: string): boolean => {
    const rule = text.length <= 300 ? parseNetRule(text) : undefined;
    return rule?.kind === 'pair' && rule.host.kind === 'literal' && rule.port.kind === 'literal';
  },
};
const ADDRESS = {
  form: 'an address that begins with https://, or with http:// on this machine, and holds no name, password or fragment',
  fits: isAddress,
};

/** How a server is reached: the program that is run, or the address. */
export function mcpReach(reader: McpSettingsReader): McpProgram | McpAddress | undefined {
  if (reader.has('command') && reader.has('url')) reader.fault(['url'], 'stands beside command; a server has one of them');
  else if (reader.has('command')) return program(reader);
  else if (reader.has('url')) return address(reader);
  else reader.fault([], 'has neither command (a program) nor url (an address)');
  return undefined;
}

function program(reader: McpSettingsReader): McpProgram | undefined {
  if (reader.has('headers')) reader.fault(['headers'], 'is only for a server with url; a program has env');
  const command = reader.text('command', PATH('a program: its path from /, without . and ..'));
  const folder = PATH('a folder: its path from /, without . and ..');
  const args = reader.texts('args', MAX_ARGUMENTS, ARGUMENT);
  for (const index of secretArguments(args)) {
    reader.fault(
      ['args', String(index)],
      'looks like a secret, and everybody on this machine sees the arguments of programs: put it into the vault (pyra vault set NAME) and give it in a variable (env: KEY: secret:NAME)',
    );
  }
  const found = {
    kind: 'program' as const,
    args,
    env: mcpVariables(reader),
    read: once(reader.texts('read', MAX_FOLDERS, folder)),
    write: once(reader.texts('write', MAX_FOLDERS, folder)),
    net: once(reader.texts('net', MAX_FOLDERS, HOST)),
  };
  return command === undefined ? undefined : { ...found, command };
}

function address(reader: McpSettingsReader): McpAddress | undefined {
  for (const key of OF_PROGRAMS) {
    if (reader.has(key)) reader.fault([key], `is only for a server with command${key === 'env' ? '; an address has headers' : ''}`);
  }
  const url = reader.text('url', ADDRESS);
  const headers = mcpHeaders(reader);
  if (url === undefined) return undefined;
  if (isSecretLike(url) || isSecretQuery(url)) {
    reader.fault(
      ['url'],
      'looks like it holds a secret, and config.yaml is no place for one: put it into the vault (pyra vault set NAME) and give it in a header (headers: Authorization: Bearer secret:NAME)',
    );
  }
  return { kind: 'address', url, headers };
}

/** The positions of arguments that most likely are secrets, by themselves or by the option before them. */
export function secretArguments(args: readonly string[]): readonly number[] {
  return args.flatMap((arg, index) => {
    const [, option, assigned, value = ''] = /^(?:--?([A-Za-z][\w.-]{0,100})|([A-Za-z_][\w.-]{0,100}))=(.*)$/s.exec(arg) ?? [];
    const own = option ?? assigned;
    const before = arg.startsWith('-') ? undefined : /^--?([A-Za-z][\w.-]{0,100})$/.exec(args[index - 1] ?? '')?.[1];
    const isFound = own === undefined ? isSecretLike(arg, before) : isSecretLike(value, own);
    return isFound || isSecretHeader(own === undefined ? arg : value) || isSecretQuery(arg) ? [index] : [];
  });
}

/** A header as programs take it: `Authorization: Bearer …`. One that names a variable holds none. */
function isSecretHeader(text: string): boolean {
  const [, name, value = ''] = /^([A-Za-z][A-Za-z0-9-]{2,60}):\s*(?!\/\/)(.*)$/s.exec(text) ?? [];
  return name !== undefined && !/^(?:[A-Za-z]+ )?\$\{?\w+\}?$/.test(value) && isSecretLike(value, name);
}

/** An address with a secret among what stands behind its question mark. */
function isSecretQuery(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(text)) return false;
  const query = (text.split('?')[1] ?? '').split('&').map((pair) => /^([^=]*)=?(.*)$/s.exec(pair) ?? []);
  return query.some(([, name = '', value = '']) => isSecretLike(value, name));
}

function once(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function isPlainPath(text: string): boolean {
  if (!text.startsWith('/') || utf8Bytes(text.slice(0, 4_096)).byteLength > 4_095 || text.length > 4_095 || /\p{Cc}/u.test(text))
    return false;
  return (
    text === '/' ||
    text
      .slice(1)
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

const LABEL = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?';
const HTTP_ADDRESS = new RegExp(
  String.raw`^(https?)://(\[[0-9a-f:.]{2,45}\]|(?:${LABEL}\.)*${LABEL}\.?)(?::(\d{1,5}))?(?:[/?][\x21-\x7e]*)?$`,
  'i',
);
const THIS_MACHINE = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether it is an address of the web to which secrets may be sent: encrypted, or not leaving this machine. */
function isAddress(text: string): boolean {
  if (text.length > 2_000 || /[#\\]/.test(text)) return false;
  const [, scheme = '', host = '', port = '1'] = HTTP_ADDRESS.exec(text) ?? [];
  if (host === '' || host.length > 253 || Number(port) < 1 || Number(port) > 65_535) return false;
  return scheme.toLowerCase() === 'https' || THIS_MACHINE.test(host);
}
