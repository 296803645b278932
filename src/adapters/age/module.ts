import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';

/** The vault and its unlock agent. The age code is loaded when a secret is needed that no agent gives. */
export const ageModule = new ContainerModule(({ bind }) => {
  provide(
    bind,
    tokens.vault,
    [tokens.homePath, tokens.environment, tokens.askPassphrase, tokens.auditLog, tokens.auditSeal, tokens.system],
    async (home, environment, askPassphrase, audit, seal, system) => {
      const [{ LayeredVault }, { AgentVault }] = await Promise.all([import('./layered-vault.js'), import('./agent-vault.js')]);
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
  provide(bind, tokens.unlockAgent, [tokens.homePath, tokens.environment], async (home, environment) => {
    const { DetachedUnlockAgent } = await import('./detached-unlock-agent.js');
    return new DetachedUnlockAgent({ home, environment });
  });
});
