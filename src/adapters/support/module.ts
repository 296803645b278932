import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';

/** The system under Pyra. */
export const systemModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.system, [], async () => {
    const { NodeSystem } = await import('./node-system.js');
    return new NodeSystem();
  });
});
