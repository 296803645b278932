import { join } from 'node:path';
import { expect } from 'chai';
import { FsMemoryStore } from '../../../../src/adapters/filesystem/fs-memory-store.js';
import type { NoteId } from '../../../../src/core/domain/identifiers.js';
import { startProgram, untilPrinted } from '../../../support/child-program.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

/** By hand with more: PYRA_KILLS=1000. */
const KILLS = Number(process.env.PYRA_KILLS ?? 12);

describe('FsMemoryStore in several processes', () => {
  let home: string;
  const open = (state = 'state'): FsMemoryStore =>
    new FsMemoryStore({ memory: join(home, 'memory'), state: join(home, state), suspicious: () => false });

  beforeEach(() => {
    home = temporaryFolder();
  });

  afterEach(() => removeFolder(home));

  it('loses no line when two processes append to one note', async () => {
    const children = ['one', 'two'].map((name) => startProgram('memory-process.js', ['append', home, name, '15']));
    for (const child of children) expect(await child.ended).to.deep.include({ code: 0, stderr: '' });
    const store = open();
    const lines = (await store.read('shared.md' as NoteId))?.text.trim().split('\n') ?? [];
    for (const name of ['one', 'two']) {
      expect(lines.filter((line) => line.startsWith(name))).to.deep.equal(Array.from({ length: 15 }, (_, round) => `${name} ${round}`));
    }
    await store.close();
  }).timeout(30_000);

  it(`loses no confirmed note and leaves none half-written when it is killed at any moment (${KILLS} times)`, async () => {
    const confirmed = new Map<string, number>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = startProgram('memory-process.js', ['write', home, `k${kill % 3}`]);
      await untilPrinted(child, '\n');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      child.process.kill('SIGKILL');
      const { stdout } = await child.ended;
      let last = -1;
      for (const [, id = '', round] of stdout.matchAll(/^(\S+) (\d+)$/gm)) {
        last = Number(round);
        confirmed.set(id, last);
      }
      const store = open();
      for (const { id } of await store.headings()) expect((await store.read(id))?.text, id).to.match(/^round \d+ (?:word ){2000}end\n$/);
      for (const [id, round] of confirmed) {
        const stored = Number(/^round (\d+)/.exec((await store.read(id as NoteId))?.text ?? '')?.[1]);
        // The write that was cut off may have come through.
        const cutOff = id === `k${kill % 3}/n${(last + 1) % 7}.md` ? [last + 1] : [];
        expect([round, ...cutOff], id).to.include(stored);
        confirmed.set(id, stored);
      }
      const headings = await store.headings();
      const hits = (await store.search('round', 50)).map((hit) => hit.heading.id).sort();
      expect(hits).to.deep.equal(headings.map(({ id }) => id));
      await store.close();
      const anew = open(`state-${kill}`);
      expect(await anew.headings()).to.deep.equal(headings);
      await anew.close();
    }
  }).timeout(30_000 + KILLS * 2_000);
});
