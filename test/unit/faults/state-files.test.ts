import { expect } from 'chai';
import { killLoop } from '../../support/kill-loop.js';
import { stateFileFaults } from '../../support/state-file-faults.js';

const KILLS = Number(process.env.PYRA_TEST_KILLS ?? '12');

describe('the state files', () => {
  it('have the right mode, whatever the umask and whatever was there before', async function () {
    this.timeout(30_000);
    const { tried, faults } = await stateFileFaults();
    expect(tried).to.equal(42);
    expect(faults).to.deep.equal([]);
  });

  it(`lose nothing that was confirmed and are never half-written in ${KILLS} kills at random moments`, async function () {
    this.timeout(30_000 + KILLS * 3_000);
    const result = await killLoop(KILLS);
    expect(result.confirmed).to.be.greaterThan(KILLS);
    expect({ lost: result.lost, damaged: result.damaged, wrongModes: result.wrongModes }).to.deep.equal({
      lost: [],
      damaged: [],
      wrongModes: [],
    });
  });
});
