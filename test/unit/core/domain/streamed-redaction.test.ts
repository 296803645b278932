import { expect } from 'chai';
import fc from 'fast-check';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { secretForms } from '../../../../src/core/domain/secret-forms.js';
import { StreamedRedaction } from '../../../../src/core/domain/streamed-redaction.js';

const KEY = 'sk-canary-0123456789abcdef';
const PHRASE = 'correct horse  battery\nstaple of the canary';

/** Everything that is shown of a text that comes in the given pieces. */
function shown(redactor: Redactor, pieces: readonly string[]): readonly string[] {
  const stream = new StreamedRedaction(redactor);
  return [...pieces.map((piece) => stream.push(piece)), stream.end()];
}

function knowing(...values: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const value of values) redactor.remember(new Secret(value));
  return redactor;
}

describe('the redaction of a stream', () => {
  it('lets everything pass at once while nothing was released', () => {
    expect(shown(new Redactor(), ['He', 'llo', ' wor', 'ld'])).to.deep.equal(['He', 'llo', ' wor', 'ld', '']);
  });

  it('holds back the word that is being written, and no more', () => {
    expect(shown(knowing(KEY), ['He', 'llo wor', 'ld. Bye'])).to.deep.equal(['', 'Hello ', 'world. ', 'Bye']);
  });

  it('waits for the end of a value whose line ends are written with two characters', () => {
    const all = shown(knowing(PHRASE), [...PHRASE.replace('\n', '\r\n')]).join('');
    expect(all).not.to.contain('correct');
  });

  for (const value of [KEY, PHRASE, 'päss wörd-geheim', `${'A1b2'.repeat(12)}==`]) {
    it(`takes out every form of ${JSON.stringify(value)}, however it is cut into pieces`, () => {
      const redactor = knowing(KEY, PHRASE, value);
      for (const { text } of secretForms(value)) {
        const whole = `The key is ${text}, and that is all.`;
        fc.assert(
          fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 }), (sizes) => {
            const all = shown(redactor, cut(whole, sizes)).join('');
            expect(all).not.to.contain(text);
            expect(all)
              .to.match(/^The key is /)
              .and.to.match(/and that is all\.$/);
          }),
          { numRuns: 20 },
        );
      }
    });
  }

  it('changes nothing else, whatever comes in whatever pieces', () => {
    const redactor = knowing(KEY, PHRASE);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), (pieces) => {
        expect(shown(redactor, pieces).join('')).to.equal(pieces.join(''));
      }),
    );
  });

  it('does not hold back an endless word', () => {
    const stream = new StreamedRedaction(knowing(KEY));
    let given = 0;
    for (let count = 0; count < 100; count++) given += stream.push('x'.repeat(1_000)).length;
    expect(given).to.be.greaterThan(99_000);
  });
});

function cut(text: string, sizes: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const size of sizes) {
    pieces.push(text.slice(from, from + size));
    from += size;
  }
  return [...pieces, text.slice(from)];
}
