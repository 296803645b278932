import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { Instant, NoteId } from '../../src/core/domain/identifiers.js';
import type { MemoryNote } from '../../src/core/domain/memory-note.js';
import type { MemoryStore } from '../../src/ports/memory-store.js';
import type { Harness, Subject } from '../support/harness.js';

/** A note for tests; every field can be replaced. */
export function noteOf(id: string, text: string, more: Partial<MemoryNote> = {}): MemoryNote {
  return {
    id: id as NoteId,
    text,
    tags: [],
    provenance: { kind: 'own' },
    created: '2026-01-02T03:04:05.678Z' as Instant,
    updated: '2026-01-03T03:04:05.678Z' as Instant,
    ...more,
  };
}

/** What every MemoryStore guarantees. */
export function memoryStoreContract(harness: Harness<MemoryStore>): void {
  describe(`${harness.name} as a memory store`, () => {
    let subject: Subject<MemoryStore>;
    let store: MemoryStore;

    beforeEach(async () => {
      subject = await harness.create();
      store = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const ids = async (): Promise<readonly string[]> => (await store.headings()).map((heading) => heading.id);
    const found = async (query: string, limit = 10): Promise<readonly string[]> =>
      (await store.search(query, limit)).map((hit) => hit.heading.id);

    it('is empty at first, and shares nothing with another subject', async () => {
      const other = await harness.create();
      await other.port.write(noteOf('a.md', 'x\n'));
      expect(await store.headings()).to.deep.equal([]);
      expect(await store.search('x', 10)).to.deep.equal([]);
      await other.dispose?.();
    });

    it('answers undefined for an unknown note', async () => {
      expect(await store.read('no/such.md' as NoteId)).to.equal(undefined);
    });

    for (const [what, text] of [
      ['plain text', '# Garden\n\nThe roses need water.\n'],
      ['Unicode', 'Grüße, 東京, עברית, 👩‍👩‍👧, e\u0301, \u2028, tab\t\n'],
      ['no text at all', ''],
      ['text without a last line break', 'one line'],
      ['blank lines at both ends', '\n\n\ntext\n\n\n'],
      ['something that looks like a front matter', '---\nprovenance: own\ntags: [x]\n---\nbody\n'],
      ['Windows line ends', 'one\r\ntwo\r\n'],
      ['a byte order mark', '\ufefftext\n'],
    ] as const) {
      it(`gives back ${what} unchanged`, async () => {
        const note = noteOf('knowledge/note.md', text);
        await store.write(note);
        expect(await store.read(note.id)).to.deep.equal(note);
      });
    }

    it('gives back tags and provenance unchanged', async () => {
      const tags = ['plants', 'with, comma', 'quote "x"', "it's", '2026', 'true', '- dash', '# hash', 'ümlaut', 'a: b', '[x]', '\\'];
      const note = noteOf('a/b.md', 'text\n', { tags, provenance: { kind: 'external', source: 'mail from "Eve" <e@x.org>: # hi' } });
      await store.write(note);
      expect(await store.read(note.id)).to.deep.equal(note);
      expect((await store.headings())[0]).to.deep.include({ id: note.id, tags, provenance: note.provenance, updated: note.updated });
    });

    it('keeps everything when it is opened again', async () => {
      if (subject.reopen === undefined) return;
      const note = noteOf('user/profile.md', 'Likes tea.\n', { tags: ['x'] });
      await store.write(note);
      store = await subject.reopen();
      expect(await store.read(note.id)).to.deep.equal(note);
      expect(await found('tea')).to.deep.equal([note.id]);
    });

    it('lists headings by id, with title and size', async () => {
      for (const id of ['b.md', 'a/z.md', 'a.md', 'a/b.md']) await store.write(noteOf(id, 'text\n'));
      await store.write(noteOf('a.md', '\n# Ä title #\n\ntext\n'));
      const headings = await store.headings();
      expect(headings.map(({ id }) => id)).to.deep.equal(['a.md', 'a/b.md', 'a/z.md', 'b.md']);
      expect(headings[0]).to.deep.include({ title: 'Ä title', bytes: 20 });
      expect(headings[1]).to.deep.include({ title: 'b' });
      expect(await store.headings({ quick: true })).to.deep.equal(headings);
    });

    it('replaces a note of the same id', async () => {
      await store.write(noteOf('a.md', 'the old badger\n'));
      await store.write(noteOf('a.md', 'the new heron\n'));
      expect(await ids()).to.deep.equal(['a.md']);
      expect(await found('heron')).to.deep.equal(['a.md']);
      expect(await found('badger')).to.deep.equal([]);
    });

    it('writes over a given note only while that is what is stored', async () => {
      const first = noteOf('a.md', 'one\n');
      expect(await store.write(first, null)).to.equal(true);
      expect(await store.write(noteOf('a.md', 'two\n'), null)).to.equal(false);
      expect(await store.write(noteOf('a.md', 'three\n'), first)).to.equal(true);
      expect(await store.write(noteOf('a.md', 'four\n'), first)).to.equal(false);
      expect((await store.read(first.id))?.text).to.equal('three\n');
      expect(await store.write(noteOf('b.md', 'x\n'), first)).to.equal(false);
      expect(await ids()).to.deep.equal(['a.md']);
    });

    it('keeps every one of many concurrent writes', async () => {
      const names = Array.from({ length: 30 }, (_, index) => `n${String(index).padStart(2, '0')}.md`);
      await Promise.all(names.map((name) => store.write(noteOf(name, `number ${name}\n`))));
      expect(await ids()).to.deep.equal(names);
      const winners = await Promise.all(names.map((name) => store.write(noteOf('one.md', `${name}\n`), null)));
      expect(winners.filter(Boolean)).to.have.length(1);
    });

    it('deletes a note, and says whether there was one', async () => {
      await store.write(noteOf('a/b.md', 'gone soon\n'));
      expect(await store.delete('a/b.md' as NoteId)).to.equal(true);
      expect(await store.delete('a/b.md' as NoteId)).to.equal(false);
      expect(await store.read('a/b.md' as NoteId)).to.equal(undefined);
      expect(await ids()).to.deep.equal([]);
      expect(await found('gone')).to.deep.equal([]);
    });

    describe('search', () => {
      beforeEach(async () => {
        await store.write(noteOf('knowledge/coffee.md', '# Coffee\n\nThe Café Müller on Straße 5 has the best ESPRESSO.\n'));
        await store.write(
          noteOf('knowledge/tea.md', '# Tea\n\nGreen tea at 70 degrees. Espresso is something else.\n', { tags: ['drinks'] }),
        );
        await store.write(noteOf('knowledge/tokyo.md', '# 旅行\n\n来年の春に東京タワーへ行きたい。\n'));
        await store.write(noteOf('context/insurance.md', '# Verträge\n\nDie Krankenversicherung kostet 300 Euro.\n'));
      });

      it('ignores case and accents on both sides', async () => {
        expect(await found('cafe')).to.deep.equal(['knowledge/coffee.md']);
        expect(await found('CAFÉ MULLER')).to.deep.equal(['knowledge/coffee.md']);
        expect(await found('cafe\u0301')).to.deep.equal(['knowledge/coffee.md']);
        expect(await found('strasse')).to.deep.equal(['knowledge/coffee.md']);
      });

      it('ranks a note that is about a word over one that mentions it, and one with all words over one with some', async () => {
        await store.write(noteOf('knowledge/espresso.md', '# Espresso\n\nGrind it fine.\n'));
        expect((await found('espresso'))[0]).to.equal('knowledge/espresso.md');
        expect((await found('espresso degrees'))[0]).to.equal('knowledge/tea.md');
      });

      it('gives falling scores and at most the limit', async () => {
        const hits = await store.search('espresso tea coffee', 10);
        expect(hits).to.have.length(2);
        expect(hits[0]?.score).to.be.greaterThan(hits[1]?.score ?? 0);
        expect(await found('espresso', 1)).to.have.length(1);
        expect(await found('espresso', 0)).to.deep.equal([]);
      });

      it('finds words in scripts without spaces, and parts of long words', async () => {
        expect(await found('東京')).to.deep.equal(['knowledge/tokyo.md']);
        expect(await found('京東')).to.deep.equal([]);
        expect(await found('タワー')).to.deep.equal(['knowledge/tokyo.md']);
        expect(await found('versicherung')).to.deep.equal(['context/insurance.md']);
        expect(await found('krankenv')).to.deep.equal(['context/insurance.md']);
      });

      it('finds tags and names', async () => {
        expect(await found('drinks')).to.deep.equal(['knowledge/tea.md']);
        expect(await found('insurance')).to.deep.equal(['context/insurance.md']);
      });

      it('shows the passage that matched on one line', async () => {
        await store.write(
          noteOf('long.md', `# Long\n\n${'filler words here '.repeat(50)}the zebra crossing ${'and more of it '.repeat(50)}\n`),
        );
        const [hit] = await store.search('zebra', 1);
        expect(hit?.excerpt).to.contain('zebra');
        expect(hit?.excerpt).to.not.contain('\n');
        expect(hit?.excerpt.length).to.be.at.most(200);
      });

      it('finds nothing for an empty query or one without words, and takes operators for words', async () => {
        for (const query of ['', '   ', '"', '*', '()', '-', '\0', '!?']) expect(await found(query), query).to.deep.equal([]);
        for (const query of ['coffee AND', 'NEAR(coffee', 'coffee"', "coffee'; drop", 'text:coffee', 'coffee*', '^coffee']) {
          expect(await found(query), query).to.contain('knowledge/coffee.md');
        }
      });
    });

    for (const id of [
      '../x.md',
      '/etc/x.md',
      'a/../../x.md',
      'a\0.md',
      'x.txt',
      '',
      '.hidden.md',
      'a\\b.md',
      'MEMORY_INDEX.md',
      `${'x'.repeat(300)}.md`,
    ]) {
      it(`refuses ${JSON.stringify(id.slice(0, 20))} as an id in every method`, async () => {
        const bad = id as NoteId;
        for (const attempt of [() => store.read(bad), () => store.write(noteOf(id, 'x')), () => store.delete(bad)]) {
          const error = await attempt().then(
            () => undefined,
            (reason: unknown) => reason,
          );
          expect(isPyraError(error, 'memory/invalid-id'), String(error)).to.equal(true);
        }
      });
    }
  });
}
