import { expect } from 'chai';
import { rememberShown, takeShown } from './shown-messages.js';

describe('what a preview showed', () => {
  const args = { to: ['a@example.org'], subject: 's', body: 'b' };

  it('is known once, for the very same arguments in any order', () => {
    rememberShown(args, 'print');
    expect(takeShown({ ...args, body: 'c' })).to.equal(undefined);
    expect(takeShown({ body: 'b', subject: 's', to: ['a@example.org'] })).to.equal('print');
    expect(takeShown(args)).to.equal(undefined);
  });

  it('is forgotten after a quarter of an hour, and the oldest of many at once', () => {
    rememberShown(args, 'print', 0);
    expect(takeShown(args, 15 * 60_000 + 1)).to.equal(undefined);
    rememberShown(args, 'print');
    for (let index = 0; index < 50; index++) rememberShown({ index }, 'other');
    expect(takeShown(args)).to.equal(undefined);
    expect(takeShown({ index: 49 })).to.equal('other');
  });
});
