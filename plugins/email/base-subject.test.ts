import { expect } from 'chai';
import { baseSubject } from './base-subject.js';

describe('subjects without their marks', () => {
  const cases: readonly (readonly [subject: string, base: string, marked: boolean])[] = [
    ['Lunch', 'lunch', false],
    ['Re: Lunch', 'lunch', true],
    ['AW: Re: Fwd: WG: Mittag  essen ', 'mittag essen', true],
    ['Re[2]: Lunch', 'lunch', true],
    ['Reise: Berlin', 'reise: berlin', false],
    ['Re:', '', true],
  ];
  for (const [subject, base, marked] of cases) {
    it(`takes ${JSON.stringify(base)} out of ${JSON.stringify(subject)}`, () => {
      expect(baseSubject(subject)).to.deep.equal({ base, marked });
    });
  }

  it('is done with many marks in time', () => {
    const start = performance.now();
    baseSubject('re: '.repeat(50_000));
    expect(performance.now() - start).to.be.below(2_000);
  });
});
