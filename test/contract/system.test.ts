import { NodeSystem } from '../../src/adapters/support/node-system.js';
import { systemContract } from './system.contract.js';

systemContract({ name: NodeSystem.name, create: async () => ({ port: new NodeSystem() }) });
