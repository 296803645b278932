import { expect } from 'chai';
import sinon from 'sinon';
import { ShownVersions } from './shown-versions.js';

describe('what previews showed', () => {
  it('is given once', () => {
    const shown = new ShownVersions<string>();
    shown.note('a', '1');
    shown.note('a', '2');
    expect(shown.take('a')).to.deep.equal({ version: '2' });
    expect(shown.take('a')).to.equal(undefined);
    expect(shown.take('b')).to.equal(undefined);
  });

  it('is forgotten after a quarter of an hour', () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      const shown = new ShownVersions<string>();
      shown.note('a', '1');
      clock.tick(15 * 60_000);
      expect(shown.take('a')).to.equal(undefined);
    } finally {
      clock.restore();
    }
  });

  it('is not kept without end', () => {
    const shown = new ShownVersions<number>();
    for (let index = 0; index < 150; index += 1) shown.note(String(index), index);
    expect(shown.take('0')).to.equal(undefined);
    expect(shown.take('149')).to.deep.equal({ version: 149 });
  });
});
