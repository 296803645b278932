import { expect } from 'chai';
import { changedLines } from './shown-change.js';

describe('what a replacement changes', () => {
  it('is shown line by line', async () => {
    expect(await changedLines('a\nb\nc\n', 'a\nx\nc\n')).to.equal('@@ -1,3 +1,3 @@\n a\n-b\n+x\n c');
  });

  it('is said when it is nothing', async () => {
    expect(await changedLines('a\n', 'a\n')).to.equal('nothing changes');
  });

  it('shows a line end that changes', async () => {
    expect(await changedLines('a\n', 'a\r\n')).to.contain('+a\r');
    expect(await changedLines('a', 'a\n')).to.contain('No newline');
  });
});
