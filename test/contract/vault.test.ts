import { join } from 'node:path';
import { AgeVault } from '../../src/adapters/age/age-vault.js';
import { InMemoryVault } from '../../src/adapters/in-memory/in-memory-vault.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { vaultContract } from './vault.contract.js';

vaultContract({ name: 'InMemoryVault', traits: { kept: false }, create: async () => ({ port: new InMemoryVault() }) });

vaultContract({
  name: 'AgeVault',
  traits: { kept: true },
  create: async () => {
    const folder = temporaryFolder();
    // The lowest work factor: what is measured here is not how long a guess takes.
    const open = (): AgeVault => new AgeVault({ root: join(folder, 'vault'), workFactor: 10 });
    return { port: open(), reopen: async () => open(), dispose: async () => removeFolder(folder) };
  },
});
