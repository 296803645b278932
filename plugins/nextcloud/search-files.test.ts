import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { nameMatcher } from './search-files.js';

describe('the search for names', () => {
  it('finds parts of names, whatever the case and however accents are composed', () => {
    expect(nameMatcher('plan')('Mein PLAN.txt')).to.equal(true);
    expect(nameMatcher('KÄSE')('ka\u0308se.txt')).to.equal(true);
    expect(nameMatcher('plan')('pla.n')).to.equal(false);
  });

  it('wants the whole name where * or ? is in the query', () => {
    for (const name of ['a.txt', '.txt', 'a.b.TXT']) expect(nameMatcher('*.txt')(name), name).to.equal(true);
    for (const name of ['a.txt.gz', 'txt']) expect(nameMatcher('*.txt')(name), name).to.equal(false);
    expect(nameMatcher('report-202?.*')('Report-2024.pdf')).to.equal(true);
    expect(nameMatcher('report-202?.*')('report-20244.pdf')).to.equal(false);
    // A pattern is no regular expression.
    expect(nameMatcher('a+b(*')('a+b(1).txt')).to.equal(true);
    expect(nameMatcher('a.b*')('axb')).to.equal(false);
  });

  it('takes time in proportion, hostile patterns too', () => {
    const begun = performance.now();
    expect(nameMatcher(`${'*a'.repeat(100)}b`)('a'.repeat(250))).to.equal(false);
    expect(performance.now() - begun).to.be.lessThan(5_000);
  });

  it('refuses an empty query', () => {
    expect(() => nameMatcher('  ')).to.throw(ToolFailure);
  });
});
