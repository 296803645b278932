// A process for the test of what a locked vault leaves in memory; run with --expose-gc. Makes, fills, reads and locks the vault at ROOT, collects, and
// prints how often each secret stands in a snapshot of its heap. The secrets are put together at run time, so that this text does not count.
import { getHeapSnapshot } from 'node:v8';
import { AgeVault } from '../../src/adapters/age/age-vault.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';

const [, , root = '', keep = ''] = process.argv;
const join = (parts: readonly string[]): string => parts.join('-');
const PASSPHRASE = ['canary', 'passphrase', 'of', 'heap'];
const VALUE = ['released', 'canary', 'value'];

const vault = await use();
const kept = keep === 'keep' ? join(VALUE) : undefined;
for (let round = 0; round < 5; round += 1) {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}
let snapshot = '';
for await (const piece of getHeapSnapshot()) snapshot += String(piece);
const count = (what: string | RegExp): number => snapshot.split(what).length - 1;
const found = { passphrase: count(join(PASSPHRASE)), value: count(join(VALUE)), identity: count(/AGE-SECRET-KEY-1[A-Z0-9]{58}/) };
process.stdout.write(JSON.stringify({ status: await vault.status(), kept: kept?.length, ...found }));

async function use(): Promise<AgeVault> {
  const made = new AgeVault({ root, workFactor: 10 });
  await made.create(new Secret(join(PASSPHRASE)));
  await made.set('a' as SecretName, new Secret(join(VALUE)));
  await made.lock();
  await made.unlock(new Secret(join(PASSPHRASE)));
  const value = await made.get('a' as SecretName);
  if (value?.reveal().length !== join(VALUE).length) throw new Error('the value is not what was set');
  await made.lock();
  return made;
}
