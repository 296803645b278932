import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { NodeSystem } from './node-system.js';

/** The system under Pyra. */
export const systemModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.system, [], () => new NodeSystem());
});
