import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import type { SecretReader } from '../../src/ports/vault.js';

/** What became of one secret under damage. */
export interface DamageReport {
  readonly cases: number;
  /** One line for each case that gave a value, nothing, or another error than `vault/corrupt` that names the file. */
  readonly faults: readonly string[];
}

/**
 * Changes a secret's file in every way by one byte (each byte xor `mask`) and cuts it at every length, reads the secret each time, and
 * puts the file back. `file` is its path below the vault's folder `root`.
 */
export async function damageEveryByte(
  vault: SecretReader,
  root: string,
  file: string,
  name: SecretName,
  mask: number,
): Promise<DamageReport> {
  const path = join(root, file);
  const whole = await readFile(path);
  await chmod(path, 0o600);
  const faults: string[] = [];
  let cases = 0;
  const attempt = async (what: string, bytes: Uint8Array): Promise<void> => {
    cases += 1;
    await writeFile(path, bytes);
    try {
      const value = await vault.get(name);
      faults.push(`${what}: ${value === undefined ? 'nothing' : 'a value'} was given`);
    } catch (error) {
      if (isPyraError(error, 'vault/corrupt') && error.message.includes(file) && error.hint !== undefined) return;
      faults.push(`${what}: ${String(error)}`);
    }
  };
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ mask;
    await attempt(`byte ${at} xor ${mask}`, bytes);
  }
  for (let length = 0; length < whole.length; length += 1) await attempt(`cut to ${length} bytes`, whole.subarray(0, length));
  await attempt('one byte more', Buffer.concat([whole, Buffer.of(0x0a)]));
  await writeFile(path, whole);
  await chmod(path, 0o400);
  return { cases, faults };
}
