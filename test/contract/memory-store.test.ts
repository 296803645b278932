import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import type { MemoryStore } from '../../src/ports/memory-store.js';
import type { Harness } from '../support/harness.js';
import { memoryStoreContract } from './memory-store.contract.js';

const subjects: readonly Harness<MemoryStore>[] = [
  { name: 'InMemoryMemoryStore', create: async () => ({ port: new InMemoryMemoryStore() }) },
];

for (const subject of subjects) memoryStoreContract(subject);
