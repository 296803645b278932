import { expect } from 'chai';
import fc from 'fast-check';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { noteIdFault, parseNoteId } from '../../../../src/core/domain/memory-note-id.js';
import { isInside } from '../../../../src/core/domain/path-boundary.js';

describe('a note id', () => {
  for (const good of [
    'a.md',
    'user/profile.md',
    'knowledge/Größe & Maß (2).md',
    'a/b/c/d/e/f/g/h.md',
    '東京.md',
    'MEMORY_INDEX/x.md',
    'a..b.md',
  ]) {
    it(`may be ${good}`, () => {
      expect(parseNoteId(good)).to.equal(good);
    });
  }

  const bad: readonly (readonly [string, string])[] = [
    ['', 'empty'],
    ['/a.md', 'absolute'],
    ['~/a.md', 'absolute'],
    ['C:/a.md', 'absolute'],
    ['../a.md', 'leaves'],
    ['a/../b.md', 'leaves'],
    ['./a.md', 'dot'],
    ['a//b.md', 'empty part'],
    ['a/', 'empty part'],
    ['.md', 'dot'],
    ['a/.git/b.md', 'dot'],
    ['a\\b.md', 'backslash'],
    ['a\0.md', 'NUL'],
    ['a\n.md', 'control'],
    ['a\u202edm.md', 'invisible'],
    ['a\u200b.md', 'invisible'],
    ['a\u{e0041}.md', 'invisible'],
    ['a\ud800.md', 'invisible'],
    ['a.txt', 'end in .md'],
    ['a.MD', 'end in .md'],
    [' a.md', 'space'],
    ['a /b.md', 'space'],
    ['MEMORY_INDEX.md', 'made by Pyra'],
    ['memory_index.MD', 'end in .md'],
    ['memory_index.md', 'made by Pyra'],
    [`${'x'.repeat(198)}.md`, 'longer than 200'],
    [`${'東'.repeat(66)}.md`, 'longer than 200'],
    [`${'a/'.repeat(8)}b.md`, 'more than 8'],
    [Array.from({ length: 4 }, () => 'x'.repeat(150)).join('/'), 'longer than 500'],
  ];
  for (const [name, why] of bad) {
    it(`may not be ${JSON.stringify(name.slice(0, 24))}: ${why}`, () => {
      expect(noteIdFault(name)).to.contain(why);
      try {
        parseNoteId(name);
        expect.fail('no error');
      } catch (error) {
        expect(isPyraError(error, 'memory/invalid-id')).to.equal(true);
      }
    });
  }

  it('is one and the same for both Unicode forms of a name', () => {
    expect(parseNoteId('u\u0308ber.md')).to.equal('über.md');
  });

  it('never leaves the memory, whatever the text', () => {
    const parts = fc.constantFrom('..', '.', '/', '\\', 'a', '.md', '~', '\0', 'C:', ' ', '%2e%2e', '\u2024\u2024', '\uff0e\uff0e');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (pieces) => {
        const name = pieces.join('').normalize('NFC');
        if (noteIdFault(name) === undefined) expect(isInside('/memory', `/memory/${name}`)).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
