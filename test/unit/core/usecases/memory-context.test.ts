import { expect } from 'chai';
import { InMemoryMemoryStore } from '../../../../src/adapters/in-memory/in-memory-memory-store.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { Instant, NoteId } from '../../../../src/core/domain/identifiers.js';
import type { MemoryNote } from '../../../../src/core/domain/memory-note.js';
import { estimateTokens } from '../../../../src/core/domain/token-budget.js';
import { memoryContext } from '../../../../src/core/usecases/memory-context.js';
import { noteOf } from '../../../contract/memory-store.contract.js';

const EXTERNAL = { provenance: { kind: 'external', source: 'mail from eve' } } as const;
const at = (day: number): { updated: Instant } => ({ updated: `2026-02-${String(day).padStart(2, '0')}T00:00:00.000Z` as Instant });

describe('the memory in the prompt', () => {
  let store: InMemoryMemoryStore;

  beforeEach(() => {
    store = new InMemoryMemoryStore();
  });

  it('is empty without notes', async () => {
    expect(await memoryContext(store, 2_000)).to.equal('');
  });

  it('holds the profile, the rest of user/, then the notes changed last; not the persona', async () => {
    await store.write(noteOf('knowledge/old.md', 'OLD', at(1)));
    await store.write(noteOf('knowledge/new.md', 'NEW', at(3)));
    await store.write(noteOf('user/family.md', 'FAMILY', at(2)));
    await store.write(noteOf('user/profile.md', 'PROFILE', at(1)));
    await store.write(noteOf('user/persona.md', 'PERSONA'));
    const text = await memoryContext(store, 2_000);
    expect(text).to.equal(
      '# Memory\n\n## user/profile.md\n\nPROFILE\n\n## user/family.md\n\nFAMILY\n\n## knowledge/new.md\n\nNEW\n\n## knowledge/old.md\n\nOLD',
    );
  });

  it('names external notes and their source, and shows neither text nor title nor tags of them', async () => {
    await store.write(noteOf('user/profile.md', 'PROFILE'));
    await store.write(noteOf('user/mail.md', '# FOREIGN TITLE\n\nFOREIGN TEXT', { ...EXTERNAL, tags: ['FOREIGN-TAG'] }));
    const text = await memoryContext(store, 2_000);
    expect(text).to.contain('- user/mail.md (from mail from eve)');
    expect(text).to.not.contain('FOREIGN');
  });

  it('shows a note that became external since the last check by name only', async () => {
    await store.write(noteOf('a.md', 'own text'));
    const before = await store.headings();
    await store.write(noteOf('a.md', 'FOREIGN', EXTERNAL));
    store.headings = async () => before;
    const text = await memoryContext(store, 2_000);
    expect(text).to.contain('- a.md (from mail from eve)');
    expect(text).to.not.contain('FOREIGN');
  });

  it('leaves out a note that is gone since the last check, and lists one that cannot be read', async () => {
    await store.write(noteOf('gone.md', 'x'));
    await store.write(noteOf('broken.md', 'y'));
    const before = await store.headings();
    store.headings = async () => before;
    store.read = async (id: NoteId): Promise<MemoryNote | undefined> => {
      if (id === 'broken.md') throw new PyraError('memory/unreadable', 'not UTF-8');
      return undefined;
    };
    const text = await memoryContext(store, 2_000);
    expect(text).to.contain('- broken.md').and.not.contain('gone.md');
  });

  it('lists what does not fit as headings, and counts what does not fit even there', async () => {
    await store.write(noteOf('user/profile.md', 'PROFILE'));
    for (let index = 0; index < 300; index += 1) {
      await store.write(noteOf(`knowledge/n${index}.md`, `# Title ${index}\n\n${'word '.repeat(400)}`, { tags: ['t'] }));
      await store.write(noteOf(`mail/m${index}.md`, 'FOREIGN', EXTERNAL));
    }
    const text = await memoryContext(store, 2_000);
    expect(text).to.contain('PROFILE').and.contain('- mail/m0.md (from mail from eve)');
    expect(text).to.match(/^- knowledge\/n\d+\.md: Title \d+ \(t\)$/m);
    const shown = text.split('\n').filter((line) => line.startsWith('- ') || line.startsWith('## knowledge/')).length;
    expect(text).to.contain(`${600 - shown} more notes`);
  });

  it('never takes more tokens than the budget', async () => {
    for (let index = 0; index < 120; index += 1) {
      const more = index % 3 === 0 ? EXTERNAL : { tags: ['some tag', 'another one'] };
      await store.write(
        noteOf(`knowledge/${'long name '.repeat(index % 9).trim()}${index}.md`, `# T${index}\n\n${'Wörter 東京 '.repeat(index)}`, more),
      );
    }
    await store.write(noteOf('user/profile.md', `${'I like long walks.\n'.repeat(400)}`));
    for (const budget of [0, 1, 50, 100, 200, 500, 1_000, 2_000, 5_000, 20_000]) {
      expect(estimateTokens(await memoryContext(store, budget)), String(budget)).to.be.at.most(budget);
    }
  });

  it('cuts a profile that is too long at a line and says where the rest is', async () => {
    await store.write(noteOf('user/profile.md', 'I like long walks.\n'.repeat(1_000)));
    const text = await memoryContext(store, 1_000);
    expect(text).to.match(/I like long walks\.\n\[cut here; the rest: memory\.read user\/profile\.md\]$/);
    expect(estimateTokens(text)).to.be.greaterThan(700);
  });
});
