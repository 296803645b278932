import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { NoMatch, openAge } from '../../src/adapters/age/keyring.js';
import { ScryptIdentity, WorkFactorTooHigh } from '../../src/adapters/age/scrypt-stanza.js';
import { Secret } from '../../src/core/domain/secret.js';

/** What the age format's test vectors came to, run through the code with which the vault opens its files. */
export interface VectorReport {
  readonly cases: number;
  /** One line per vector that came out otherwise than it must. */
  readonly faults: readonly string[];
}

/**
 * Opens every vector of a folder (the `testdata` of C2SP/CCTV `age`; https://c2sp.org/CCTV/age describes a file). A vector of kind
 * `success` must give its payload, `no match` must be told from damage, and every other one must fail and give nothing at all.
 */
export async function runAgeVectors(folder: string): Promise<VectorReport> {
  const faults: string[] = [];
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    const fault = await faultOf(bytes);
    if (fault !== undefined) faults.push(`${name}: ${fault}`);
  }
  return { cases: names.length, faults };
}

async function faultOf(vector: Buffer): Promise<string | undefined> {
  const split = vector.indexOf('\n\n');
  const fields = vector
    .toString('utf8', 0, split)
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const);
  const all = (key: string): readonly string[] => fields.filter(([name]) => name === key).map(([, value]) => value);
  const body = vector.subarray(split + 2);
  const file = all('compressed').includes('zlib') ? inflateSync(body) : body;
  const identities = [...all('identity'), ...all('passphrase').map((passphrase) => new ScryptIdentity(new Secret(passphrase)))];
  const expected = all('expect')[0];
  try {
    const payload = await openAge(file, identities);
    if (expected !== 'success') return `opened, and must be: ${expected}`;
    const digest = createHash('sha256').update(payload).digest('hex');
    return digest === all('payload')[0] ? undefined : 'gave another payload';
  } catch (error) {
    if (expected === 'success') return `failed: ${String(error)}`;
    // A work factor of 23 is refused before any work, so that whether the passphrase fits cannot be known.
    if (expected === 'no match')
      return error instanceof NoMatch || error instanceof WorkFactorTooHigh ? undefined : `failed otherwise: ${String(error)}`;
    return expected === 'HMAC failure' && error instanceof NoMatch ? 'said that no key fits' : undefined;
  }
}
