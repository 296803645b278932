// A process for tests of the vault: `write ROOT NAME RUN` opens the vault and sets values for good, printing each that is confirmed;
// `fill ROOT NAME TIMES` sets TIMES values, each under a name of its own and under a shared one, and ends.
import { AgeVault } from '../../src/adapters/age/age-vault.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import { TEST_PASSPHRASE } from './vault-passphrase.js';

const [task, root = '', name = '', number = '0'] = process.argv.slice(2);
const vault = new AgeVault({ root, workFactor: 10 });
await vault.unlock(new Secret(TEST_PASSPHRASE));

if (task === 'write') {
  process.stdout.write('ready\n');
  for (let round = 1; ; round += 1) {
    const value = `${number} ${round} ${'x'.repeat(20_000)}end`;
    await vault.set(name as SecretName, new Secret(value));
    process.stdout.write(`${number} ${round}\n`);
  }
} else if (task === 'fill') {
  for (let round = 0; round < Number(number); round += 1) {
    await vault.set(`${name}-${round}` as SecretName, new Secret(`the value ${name} ${round}`));
    await vault.set('shared' as SecretName, new Secret(`the value ${name} ${round}`));
    if (round > 0) await vault.delete(`${name}-${round - 1}` as SecretName);
  }
}
