import { AgeVault } from '../../src/adapters/age/age-vault.js';
import { DetachedUnlockAgent } from '../../src/adapters/age/detached-unlock-agent.js';
import { InMemoryUnlockAgent } from '../../src/adapters/in-memory/in-memory-unlock-agent.js';
import { InMemoryVault } from '../../src/adapters/in-memory/in-memory-vault.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { unlockAgentContract } from './unlock-agent.contract.js';

unlockAgentContract({
  name: 'InMemoryUnlockAgent',
  create: async () => {
    const vault = new InMemoryVault();
    return { port: { agent: new InMemoryUnlockAgent(vault), vault } };
  },
});

unlockAgentContract({
  name: 'DetachedUnlockAgent',
  create: async () => {
    const home = temporaryFolder();
    return {
      port: {
        agent: new DetachedUnlockAgent({ home, environment: {} }),
        vault: new AgeVault({ root: homePaths(home).vault, workFactor: 10 }),
      },
      dispose: async () => removeFolder(home),
    };
  },
});
