import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AgeVault } from '../../../src/adapters/age/age-vault.js';
import type { SecretName } from '../../../src/core/domain/identifiers.js';
import { Secret } from '../../../src/core/domain/secret.js';
import { startProgram, untilPrinted } from '../../support/child-program.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { TEST_PASSPHRASE } from '../../support/vault-passphrase.js';

// More by hand: PYRA_KILLS=1000
const KILLS = Number(process.env.PYRA_KILLS ?? 24);
const NAME = 'openai' as SecretName;

describe('a vault that several processes change', function () {
  this.timeout(60_000 + KILLS * 2_000);
  let folder = '';
  let root = '';
  let vault: AgeVault;

  beforeEach(async () => {
    folder = temporaryFolder();
    root = join(folder, 'vault');
    vault = new AgeVault({ root, workFactor: 10 });
    await vault.create(new Secret(TEST_PASSPHRASE));
  });
  afterEach(() => removeFolder(folder));

  it(`keeps every confirmed value, whole, when its writer is killed (${KILLS} times)`, async () => {
    let confirmedInAll = 0;
    for (let run = 0; run < KILLS; run += 1) {
      const writer = startProgram('vault-process.js', ['write', root, NAME, String(run)]);
      try {
        // Every other one has something to lose, however slow this machine is.
        await untilPrinted(writer, run % 2 === 0 ? 'ready\n' : `${run} 1\n`);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
      } finally {
        writer.process.kill('SIGKILL');
      }
      const { stdout, stderr, signal } = await writer.ended;
      expect(signal, stderr).to.equal('SIGKILL');
      const confirmed = stdout.split('\n').slice(1, -1);
      confirmedInAll += confirmed.length;
      const value = (await vault.get(NAME))?.reveal();
      expect(value === undefined || value.endsWith('xend'), 'the value is whole').to.equal(true);
      const last = confirmed.at(-1);
      if (last === undefined) continue;
      const [, round = ''] = last.split(' ');
      const found = value?.split(' ').slice(0, 2).join(' ');
      expect([last, `${run} ${Number(round) + 1}`], `run ${run}`).to.include(found);
      const modes = readdirSync(join(root, 'secrets')).map((file) => statSync(join(root, 'secrets', file)).mode & 0o077);
      expect(modes.every((mode) => mode === 0)).to.equal(true);
    }
    expect(confirmedInAll).to.be.at.least(Math.floor(KILLS / 2));
    expect(await vault.names(), 'what a killed writer leaves is no secret').to.deep.equal(['openai']);
    await new AgeVault({ root }).unlock(new Secret(TEST_PASSPHRASE));
  });

  it('holds what two processes put in at once', async () => {
    const writers = ['a', 'b', 'c'].map((name) => startProgram('vault-process.js', ['fill', root, name, '25']));
    for (const { code, stderr } of await Promise.all(writers.map(({ ended }) => ended))) expect(code, stderr).to.equal(0);
    expect(await vault.names()).to.deep.equal(['a-24', 'b-24', 'c-24', 'shared']);
    for (const name of ['a', 'b', 'c']) {
      expect((await vault.get(`${name}-24` as SecretName))?.reveal()).to.equal(`the value ${name} 24`);
    }
    expect((await vault.get('shared' as SecretName))?.reveal()).to.match(/^the value [abc] 24$/);
  });
});
