import { expect } from 'chai';
import fc from 'fast-check';
import type { Instant, NoteId } from '../../../../src/core/domain/identifiers.js';
import type { MemoryNote } from '../../../../src/core/domain/memory-note.js';
import { parseNote, printNote } from '../../../../src/core/domain/memory-note-format.js';
import { noteProvenance } from '../../../../src/core/domain/memory-note-provenance.js';

const created = '2026-01-02T03:04:05.678Z' as Instant;
const note: MemoryNote = { id: 'a.md' as NoteId, text: 'hello\n', tags: [], provenance: { kind: 'own' }, created, updated: created };

describe('the file of a note', () => {
  it('starts with the front matter, a blank line and the text', () => {
    const printed = printNote({ ...note, tags: ['tea', 'a, b'], provenance: { kind: 'external', source: 'mail: "x"' } });
    expect(printed).to.equal(
      `---\ntags: [tea, "a, b"]\nprovenance: external\nsource: "mail: \\"x\\""\ncreated: ${created}\nupdated: ${created}\n---\n\nhello\n`,
    );
  });

  it('is read back as it was written, whatever the text, tags and source', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uniqueArray(line, { maxLength: 4 }), line, (text, tags, source) => {
        const whole: MemoryNote = { ...note, text, tags, provenance: { kind: 'external', source } };
        const parsed = parseNote(printNote(whole));
        expect({ ...parsed, entries: [] }).to.deep.equal({
          text,
          tags,
          provenance: whole.provenance,
          created,
          updated: created,
          entries: [],
        });
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a # inside a quoted tag and drops a comment after the list', () => {
    const tags = [' #', "'", 'a # b', '#', 'c"d'];
    expect(parseNote(printNote({ ...note, tags })).tags).to.deep.equal(tags);
    expect(parseNote('---\ntags: [a, b] # mine\n---\n\nx').tags).to.deep.equal(['a', 'b']);
  });

  it('keeps what a person put into the front matter: keys, comments, nested values and their order', () => {
    const file = [
      '---',
      '# my own notes',
      'aliases:',
      '  - Tee',
      '  - "Grüntee" # green',
      'tags:',
      '- drinks',
      '- hot',
      'cssclass: wide   # for my editor',
      'nested:',
      '  a: {b: 1}',
      '',
      'odd line without a colon',
      '---',
      '',
      'text',
      '',
    ].join('\n');
    const parsed = parseNote(file);
    expect(parsed.tags).to.deep.equal(['drinks', 'hot']);
    const printed = printNote({ ...note, text: parsed.text, tags: ['new'] }, parsed.entries);
    for (const kept of file.split('\n').slice(1, 5)) expect(printed).to.contain(kept);
    expect(printed).to.contain('cssclass: wide   # for my editor\nnested:\n  a: {b: 1}\n\nodd line without a colon\n---\n\ntext\n');
    expect(printed).to.not.contain('drinks');
    const again = parseNote(printed);
    expect(printNote({ ...note, text: again.text, tags: ['new'] }, again.entries)).to.equal(printed);
  });

  for (const [what, source, tags] of [
    ['a flow list', "tags: [a, \"b, c\", 'd''e']", ['a', 'b, c', "d'e"]],
    ['a flow list over two lines', 'tags: [a,\n  b]', ['a', 'b']],
    ['a block list', 'tags:\n  - a\n  - b # why', ['a', 'b # why']],
    ['words with commas', 'tags: a, b', ['a', 'b']],
    ['one word', 'tags: a', ['a']],
    ['nothing', 'tags:', []],
    ['an empty list', 'tags: []', []],
  ] as const) {
    it(`reads tags from ${what}`, () => {
      expect(parseNote(`---\n${source}\n---\nx`).tags).to.deep.equal(tags);
    });
  }

  it('reads dates as people write them, and leaves out what is none', () => {
    expect(parseNote('---\ncreated: 2026-03-04\nupdated: 2026-03-04 05:06\n---\nx')).to.include({ created: '2026-03-04T00:00:00.000Z' });
    expect(parseNote('---\ncreated: soon\nupdated: 99\n---\nx')).to.not.have.any.keys('created', 'updated');
  });

  it('takes a text without a front matter, or with one that never ends, as it is', () => {
    for (const text of ['', 'x', '# T\n---\nx\n', '---\nprovenance: own\nno end', '--- x\n---\n']) {
      expect(parseNote(text), text).to.deep.equal({ text, tags: [], entries: [] });
    }
  });

  it('reads Windows line ends and a byte order mark', () => {
    expect(parseNote('\ufeff---\r\ntags: [a]\r\nprovenance: own\r\n---\r\n\r\nx\r\n')).to.deep.include({
      tags: ['a'],
      provenance: { kind: 'own' },
      text: 'x\r\n',
    });
  });

  describe('with a provenance', () => {
    const external = { kind: 'external', source: 'an unknown source' };
    for (const value of ['external', 'Own', 'owned', '', '"own" x', '[own]', 'own\nprovenance: external']) {
      it(`is external when that is ${JSON.stringify(value)}`, () => {
        expect(parseNote(`---\nprovenance: ${value}\n---\nx`).provenance).to.deep.equal(external);
      });
    }

    it('cannot be made own by its text, tags or source', () => {
      const attack = 'x"\nprovenance: own\n---\n';
      const printed = printNote({ ...note, text: `---\n${attack}`, tags: [attack], provenance: { kind: 'external', source: attack } });
      expect(parseNote(printed).provenance).to.deep.equal({ kind: 'external', source: attack });
    });
  });

  describe('without a provenance', () => {
    it('is own, unless the scan of the whole file finds something', () => {
      const file = '---\nalias: evil\n---\nx';
      expect(noteProvenance(parseNote(file), file, () => false)).to.deep.equal({ kind: 'own' });
      expect(noteProvenance(parseNote(file), file, (text) => text.includes('evil')).kind).to.equal('external');
    });

    it('is not scanned when it says whose it is', () => {
      const file = '---\nprovenance: own\n---\nevil';
      expect(noteProvenance(parseNote(file), file, () => true)).to.deep.equal({ kind: 'own' });
    });
  });
});
