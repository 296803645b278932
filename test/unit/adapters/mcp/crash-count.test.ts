import { expect } from 'chai';
import { CrashCount } from '../../../../src/adapters/mcp/crash-count.js';

describe('CrashCount', () => {
  it('is too much at the third crash within a minute', () => {
    const count = new CrashCount();
    expect([0, 30_000, 59_999].map((at) => count.add(at))).to.deep.equal([false, false, true]);
    const slow = new CrashCount();
    expect([0, 30_000, 60_000, 90_000, 120_000].map((at) => slow.add(at))).to.deep.equal([false, false, false, false, false]);
  });

  it('delays the next start by 1, 2 and 4 seconds, counted from the crash, and forgets after five minutes', () => {
    const count = new CrashCount();
    expect(count.wait(0)).to.equal(0);
    const waits: number[] = [];
    for (const at of [0, 40_000, 80_000, 120_000]) {
      count.add(at);
      waits.push(count.wait(at));
    }
    expect(waits).to.deep.equal([1_000, 2_000, 4_000, 4_000]);
    expect(count.wait(121_500)).to.equal(2_500);
    expect(count.wait(130_000)).to.equal(0);
    count.add(1_000_000);
    expect(count.wait(1_000_000)).to.equal(1_000);
  });
});
