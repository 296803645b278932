// A process for tests of the memory: `write HOME NAME` writes and deletes notes for good and prints each one that is confirmed,
// `append HOME NAME TIMES` appends that many lines to one note.
import { join } from 'node:path';
import { FsMemoryStore } from '../../src/adapters/filesystem/fs-memory-store.js';
import { NodeSystem } from '../../src/adapters/support/node-system.js';
import { MemoryKeeper } from '../../src/core/usecases/memory-keeper.js';

const [task, home = '', name = '', times = '0'] = process.argv.slice(2);
const store = new FsMemoryStore({ memory: join(home, 'memory'), state: join(home, 'state'), suspicious: () => false });
const keeper = new MemoryKeeper({ store, system: new NodeSystem() });
const own = { kind: 'own' } as const;

if (task === 'write') {
  for (let round = 0; ; round += 1) {
    const id = `${name}/n${round % 7}.md`;
    await keeper.remember({ id, text: `round ${round} ${'word '.repeat(2_000)}end`, provenance: own });
    process.stdout.write(`${id} ${round}\n`);
  }
} else if (task === 'append') {
  for (let round = 0; round < Number(times); round += 1) {
    await keeper.remember({ id: 'shared.md', text: `${name} ${round}`, append: true, provenance: own });
  }
  await store.close();
}
