import { expect } from 'chai';
import fc from 'fast-check';
import { jsonLine } from '../../../../src/frontends/terminal/json-line.js';

describe('a line of JSON', () => {
  it('holds nothing that a terminal obeys or nobody sees', () => {
    const hostile = '\u001b[2J\u009b31m\u007f\u202eRTL\u2066\u200b\u200f\ufeff\u2028\u{e0041}';
    expect(jsonLine({ [hostile]: [hostile] })).to.match(/^[\x20-\x7e]+\n$/);
    expect(jsonLine({ text: 'grün, 日本, 😀' })).to.equal('{"text":"grün, 日本, 😀"}\n');
  });

  it('says what it would say without that', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        expect(JSON.parse(jsonLine(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
