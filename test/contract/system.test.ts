import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { NodeSystem } from '../../src/adapters/support/node-system.js';
import { systemContract } from './system.contract.js';

systemContract({ name: NodeSystem.name, create: async () => ({ port: new NodeSystem() }) });
systemContract({ name: InMemorySystem.name, create: async () => ({ port: new InMemorySystem() }) });
