import { join } from 'node:path';
import { AgeVault } from '../../src/adapters/age/age-vault.js';
import { AgentVault } from '../../src/adapters/age/agent-vault.js';
import { LayeredVault } from '../../src/adapters/age/layered-vault.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryVault } from '../../src/adapters/in-memory/in-memory-vault.js';
import { NodeSystem } from '../../src/adapters/support/node-system.js';
import { Secret } from '../../src/core/domain/secret.js';
import { agentPair } from '../support/agent-pair.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { secretReaderContract, vaultContract } from './vault.contract.js';

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

vaultContract({
  name: 'LayeredVault',
  traits: { kept: true },
  create: async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'vault');
    const open = (): LayeredVault =>
      new LayeredVault({
        root,
        open: async () => new AgeVault({ root, workFactor: 10 }),
        agent: new AgentVault({ run: join(folder, 'run'), environment: {} }),
        askPassphrase: async () => undefined,
        audit: new InMemoryAuditLog(),
        system: new NodeSystem(),
      });
    return { port: open(), reopen: async () => open(), dispose: async () => removeFolder(folder) };
  },
});

secretReaderContract({
  name: 'AgentVault',
  create: async () => {
    const store = new InMemoryVault();
    await store.create(new Secret('a passphrase'));
    const pair = await agentPair(store);
    return { port: { reader: pair.client, store }, dispose: pair.close };
  },
});
