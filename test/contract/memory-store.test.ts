import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FsMemoryStore } from '../../src/adapters/filesystem/fs-memory-store.js';
import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import type { MemoryStore } from '../../src/ports/memory-store.js';
import type { Harness } from '../support/harness.js';
import { memoryStoreContract } from './memory-store.contract.js';

const subjects: readonly Harness<MemoryStore>[] = [
  { name: 'InMemoryMemoryStore', create: async () => ({ port: new InMemoryMemoryStore() }) },
  {
    name: 'FsMemoryStore',
    create: async () => {
      const home = await mkdtemp(join(tmpdir(), 'pyra-memory-'));
      const opened: FsMemoryStore[] = [];
      const open = async (): Promise<FsMemoryStore> => {
        await opened.at(-1)?.close();
        const store = new FsMemoryStore({ memory: join(home, 'memory'), state: join(home, 'state'), suspicious: () => false });
        opened.push(store);
        return store;
      };
      return {
        port: await open(),
        reopen: open,
        dispose: async () => {
          await opened.at(-1)?.close();
          await rm(home, { recursive: true });
        },
      };
    },
  },
];

for (const subject of subjects) memoryStoreContract(subject);
