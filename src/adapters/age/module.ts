import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';
import { AgentVault } from './agent-vault.js';
import { DetachedUnlockAgent } from './detached-unlock-agent.js';
import { LayeredVault } from './layered-vault.js';

/** The vault and its unlock agent. The age code is loaded when a secret is needed that no agent gives. */
export const ageModule = new ContainerModule(({ bind }) => {
  provide(
    bind,
    tokens.vault,
    [tokens.homePath, tokens.environment, tokens.askPassphrase, tokens.auditLog, tokens.auditSeal, tokens.system],
    (home, environment, askPassphrase, audit, seal, system) => {
      const { run, vault: root } = homePaths(home);
      const vault = new LayeredVault({
        root,
        open: async () => {
          const { AgeVault } = await import('./age-vault.js');
          return new AgeVault({ root });
        },
        agent: new AgentVault({ run, environment }),
        askPassphrase,
        audit,
        system,
      });
      seal.key = () => vault.sealKey();
      return vault;
    },
  );
  provide(
    bind,
    tokens.unlockAgent,
    [tokens.homePath, tokens.environment],
    (home, environment) => new DetachedUnlockAgent({ home, environment }),
  );
});
