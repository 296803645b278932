import { expect } from 'chai';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { hardWrap } from '../../../src/adapters/support/terminal/hard-wrap.js';

describe('hard wrap', () => {
  it('breaks behind spaces where it can', () => {
    expect(hardWrap('one two three four', 10)).to.deep.equal(['one two ', 'three four']);
    expect(hardWrap('eins zwei dreiß vier', 10)).to.deep.equal(['eins zwei ', 'dreiß vier']);
    expect(hardWrap('abcdefghijklm\n\nx', 5)).to.deep.equal(['abcde', 'fghij', 'klm', '', 'x']);
  });

  it('loses nothing and keeps within the width', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'ü', '漢', '👍🏽', 'e\u0301', '\n') });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (value, width) => {
        const rows = hardWrap(value, width);
        expect(rows.join('')).to.equal(value.replaceAll('\n', ''));
        for (const row of rows) expect(stringWidth(row)).to.be.at.most(width);
      }),
    );
  });

  it('keeps within the width on terminals that draw each character by itself', () => {
    const wide = (row: string): number => Array.from(row).reduce((sum, character) => sum + stringWidth(character), 0);
    const text = fc.string({ unit: fc.constantFrom('\u1100', '\u1161', '\u11a8', '\u0915', '\u093e', '\u094d', '│', 'a', ' ') });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (value, width) => {
        const rows = hardWrap(value, width);
        expect(rows.join('')).to.equal(value);
        for (const row of rows) expect(wide(row)).to.be.at.most(width);
      }),
    );
    const rows = hardWrap(`${'\u1100'.repeat(39)}│ to  (where it goes; in your own words)`, 78);
    expect(rows).to.deep.equal(['\u1100'.repeat(39), '│ to  (where it goes; in your own words)']);
  });

  it('wraps a megabyte at once', () => {
    const start = performance.now();
    hardWrap('x'.repeat(1_000_000), 80);
    hardWrap('ab '.repeat(333_333), 80);
    expect(performance.now() - start).to.be.below(500);
  });
});
