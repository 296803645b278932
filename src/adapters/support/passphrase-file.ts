import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { PyraError } from '../../core/domain/errors.js';
import { Secret } from '../../core/domain/secret.js';
import { systemErrorCode } from './write-error.js';

const MAX_BYTES = 4_096;

/** Reads the secret that is the whole content of a file: see {@link readSecretFile}; for the file that `PYRA_VAULT_PASSPHRASE_FILE` names. */
export function readPassphraseFile(path: string): Promise<Secret> {
  return readSecretFile(path, { what: 'the passphrase file', maxBytes: MAX_BYTES, strict: true });
}

/** What is read, for the error texts, and how. */
export interface SecretFileRules {
  readonly what: string;
  readonly maxBytes: number;
  /** Refuse a file that others may read, or that belongs to neither this user nor root. */
  readonly strict: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
};

/**
 * Reads a text file (or a named pipe) as one secret and drops one trailing line break. Throws `usage` when it is not there, not text, empty
 * or too long, and `home/insecure` when others can read it. No error repeats what is in it.
 */
export async function readSecretFile(path: string, rules: SecretFileRules): Promise<Secret> {
  const file = await open(path, constants.O_RDONLY).catch((error: unknown) => {
    const code = systemErrorCode(error) ?? 'it cannot be opened';
    throw new PyraError('usage', `cannot read ${rules.what} ${path}: ${WORDS[code] ?? code}`);
  });
  try {
    const status = await file.stat();
    if (!status.isFile() && !status.isFIFO()) throw new PyraError('usage', `${rules.what} ${path} is not a file`);
    const user = process.getuid?.();
    if (rules.strict && user !== undefined) {
      if (status.uid !== user && status.uid !== 0) {
        throw new PyraError('home/insecure', `${rules.what} ${path} belongs to another user`, { hint: 'use a file of your own' });
      }
      if ((status.mode & 0o077) !== 0) {
        throw new PyraError('home/insecure', `${rules.what} ${path} can be read by others`, { hint: `chmod 600 ${path}` });
      }
    }
    if (status.size > rules.maxBytes) throw tooLong(path, rules);
    const bytes = await file.readFile();
    if (bytes.length > rules.maxBytes) throw tooLong(path, rules);
    try {
      return secretOf(bytes, `${rules.what} ${path}`);
    } finally {
      bytes.fill(0);
    }
  } finally {
    await file.close();
  }
}

/** Bytes as a secret: UTF-8, one trailing line break dropped, not empty. `source` names them in the errors. */
export function secretOf(bytes: Uint8Array, source: string): Secret {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PyraError('usage', `${source} is not UTF-8 text`);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new PyraError('usage', `${source} is empty`);
  return new Secret(value);
}

function tooLong(path: string, rules: SecretFileRules): PyraError {
  return new PyraError('usage', `${rules.what} ${path} is longer than ${rules.maxBytes} bytes`);
}
