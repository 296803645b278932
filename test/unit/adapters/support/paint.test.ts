import { expect } from 'chai';
import { createPaint, wantsColor } from '../../../../src/adapters/support/terminal/paint.js';

describe('paint', () => {
  it('adds escapes only where colours are on', () => {
    expect(createPaint(false).bold('a')).to.equal('a');
    expect(createPaint(true).bold('a')).to.equal('\u001b[1ma\u001b[22m');
    expect(createPaint(false).red('a')).to.equal('a');
  });

  for (const noColor of [undefined, '', '1'])
    for (const force of [undefined, '', '0', '1'])
      for (const term of ['xterm', 'dumb'])
        for (const terminal of [true, false]) {
          const expected = noColor === '1' ? false : force === '1' ? true : force === '0' ? false : terminal && term !== 'dumb';
          it(`is ${expected ? 'on' : 'off'} for NO_COLOR=${noColor} FORCE_COLOR=${force} TERM=${term} ${terminal ? 'terminal' : 'file'}`, () => {
            const env = { TERM: term, NO_COLOR: noColor, FORCE_COLOR: force };
            expect(wantsColor(terminal, env, 'auto')).to.equal(expected);
            expect(wantsColor(terminal, env, 'always')).to.equal(true);
            expect(wantsColor(terminal, env, 'never')).to.equal(false);
          });
        }
});
