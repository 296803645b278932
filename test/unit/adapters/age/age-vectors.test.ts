import { join } from 'node:path';
import { expect } from 'chai';
import { runAgeVectors } from '../../../support/age-vectors.js';

const data = process.env.PYRA_TEST_DATA;

describe('the age code of the vault', () => {
  it('opens and refuses the test vectors of the age format as it must (needs PYRA_TEST_DATA, the folder with age-vectors/)', async function () {
    if (data === undefined) this.skip();
    this.timeout(120_000);
    const { cases, faults } = await runAgeVectors(join(data, 'age-vectors', 'testdata'));
    expect(faults).to.deep.equal([]);
    expect(cases).to.be.greaterThan(100);
  });
});
