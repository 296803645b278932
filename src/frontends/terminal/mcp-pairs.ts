import { PyraError } from '../../core/domain/errors.js';
import { isBrokenReference, parseMcpValue } from '../../core/domain/mcp-value.js';
import { isSecretLike } from '../../core/domain/secret-like.js';
import type { ParsedArguments } from './command.js';

/** What a key may look like: a variable of the environment, or a header. */
const KEYS = { env: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/, header: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/ } as const;

/** The most of a value. */
const LONGEST = 8_192;

/**
 * The `KEY=VALUE` pairs of `--env` or `--header` as they stand in the settings. Throws `usage`, never with a value, for a value that looks
 * like a secret: it would stand in the settings in the clear.
 */
export function givenPairs(args: ParsedArguments, flag: 'env' | 'header', server: string): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>();
  for (const pair of args.values(flag)) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, at)).trim();
    if (at < 1 || !KEYS[flag].test(key)) throw malformed(flag, pair);
    const value = flag === 'header' ? pair.slice(at + 1).trim() : pair.slice(at + 1);
    const same = flag === 'header' ? [...pairs.keys()].find((other) => other.toLowerCase() === key.toLowerCase()) : key;
    if (same !== undefined && pairs.has(same)) throw new PyraError('usage', `--${flag} ${key} is given twice`);
    refuse(flag, key, value, server);
    pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

function refuse(flag: 'env' | 'header', key: string, value: string, server: string): void {
  const form = `${flag === 'env' ? key : quoted(key)}=secret:NAME`;
  if (isBrokenReference(value)) {
    throw new PyraError('usage', `--${flag} ${key}: what stands behind secret: is no name of a secret`, {
      hint: `pyra vault list shows the names; then --${flag} ${form}`,
    });
  }
  if (value.length > LONGEST || /[\0\r\n]/.test(value)) {
    throw new PyraError('usage', `--${flag} ${key}: the value is too long, or more than one line`, {
      hint: `keep it in the vault: --${flag} ${form}`,
    });
  }
  const { text, secret } = parseMcpValue(value);
  if (isSecretLike(text, secret === undefined ? key : undefined)) throw asksForVault(flag, key, value, server);
}

/** Says how it is done without the value standing in a file and in the shell's history. */
function asksForVault(flag: 'env' | 'header', key: string, value: string, server: string): PyraError {
  const scheme = flag === 'header' ? (/^(?:Bearer|Basic|Token|ApiKey) /i.exec(value)?.[0] ?? '') : '';
  const name = secretName(flag, key, server);
  const reference = `${key}=${scheme}secret:${name}`;
  return new PyraError('usage', `--${flag} ${key} looks like a secret: it would stand in config.yaml, and is in your shell's history now`, {
    hint: `pyra vault set ${name}, then pyra mcp add ${server} --${flag} ${scheme === '' ? reference : `"${reference}"`} …`,
  });
}

function secretName(flag: 'env' | 'header', key: string, server: string): string {
  return flag === 'header' ? `${server}-token` : key.toLowerCase().replace(/^_+/, '').replaceAll('_', '-');
}

function malformed(flag: 'env' | 'header', pair: string): PyraError {
  // Whoever writes headers as they look on the wire means this.
  const colon = flag === 'header' && /^[A-Za-z0-9-]+:/.test(pair);
  const form = flag === 'env' ? '--env KEY=VALUE or --env KEY=secret:NAME' : '--header "Authorization=Bearer secret:NAME"';
  return new PyraError('usage', `--${flag} needs a name and a value${colon ? ', with = between them and not :' : ''}`, { hint: form });
}

function quoted(key: string): string {
  return /^[\w-]+$/.test(key) ? key : `'${key}'`;
}
