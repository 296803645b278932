import { expect } from 'chai';
import fc from 'fast-check';
import type { NoteId } from '../../../../src/core/domain/identifiers.js';
import { noteTitle, oneLine } from '../../../../src/core/domain/memory-note-title.js';
import { excerptOf, searchForm, searchTerms } from '../../../../src/core/domain/search-text.js';

describe('folding a text for the search', () => {
  for (const [text, folded] of [
    ['ÄÖÜ', 'aou'],
    ['Straße', 'strasse'],
    ['ﬁn', 'fin'],
    ['Łódź', 'lodz'],
    ['ＡＢＣ', 'abc'],
    ['Ёж', 'еж'],
  ] as const) {
    it(`makes ${text} to ${folded}`, () => {
      expect(searchForm(text)).to.equal(folded);
    });
  }

  it('is the same for composed and decomposed text, and for a folded text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(searchForm(text.normalize('NFD'))).to.equal(searchForm(text.normalize('NFC')));
      }),
    );
  });
});

describe('the terms of a query', () => {
  it('are its words, each once', () => {
    expect(searchTerms('Tea tea, "green-tea"!')).to.deep.equal([['tea'], ['green']]);
  });

  it('keep characters of a script without spaces together', () => {
    expect(searchTerms('東京 tower')).to.deep.equal([['東', '京'], ['tower']]);
  });

  it('are at most 32', () => {
    expect(searchTerms(Array.from({ length: 100 }, (_, index) => `w${index}`).join(' '))).to.have.length(32);
  });
});

describe('an excerpt', () => {
  it('is the line with the most terms', () => {
    expect(excerptOf('# Title\n\nred\nred and blue\nblue\n', searchTerms('red blue'))).to.equal('red and blue');
  });

  it('is the start of the text when no term is in it', () => {
    expect(excerptOf('# Title\n\nfirst line\n', searchTerms('zebra'))).to.equal('first line');
    expect(excerptOf('', searchTerms('zebra'))).to.equal('');
  });

  it('is at most 200 characters, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 150, maxLength: 900 }), fc.string({ maxLength: 5 }), (text, query) => {
        const excerpt = excerptOf(text, searchTerms(query));
        expect(excerpt.length).to.be.at.most(200);
        expect(excerpt).to.not.match(/[\n\r\x1b]/);
      }),
    );
  });
});

describe('the title of a note', () => {
  const id = 'knowledge/green-tea.md' as NoteId;
  it('is its first heading outside code, without control characters', () => {
    expect(noteTitle(id, 'text\n```\n# no\n```\n## Green\u001b[31m *tea* ##\n# Other')).to.equal('Green [31m *tea*');
  });

  it('is the name of the file when there is no heading', () => {
    expect(noteTitle(id, '#hashtag\n#\n')).to.equal('green-tea');
  });

  it('is cut at 120 characters, never inside a character', () => {
    expect(noteTitle(id, `# ${'😀'.repeat(100)}`)).to.match(/^(?:😀){59}…$/u);
    expect(oneLine('a b', 3)).to.equal('a b');
  });
});
