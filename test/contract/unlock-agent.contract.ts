import { expect } from 'chai';
import { millisecondsOf } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import type { UnlockAgent } from '../../src/ports/unlock-agent.js';
import type { VaultLock } from '../../src/ports/vault.js';
import type { Harness, Subject } from '../support/harness.js';
import { refusal } from './vault.contract.js';

/** An agent with the vault that it opens. */
export interface AgentSubject {
  readonly agent: UnlockAgent;
  readonly vault: VaultLock;
}

const PASSPHRASE = new Secret('correct horse battery staple');
const HOUR = 3_600_000;

/** What every UnlockAgent guarantees. */
export function unlockAgentContract(harness: Harness<AgentSubject>): void {
  describe(`${harness.name} as an unlock agent`, function () {
    this.timeout(30_000);
    let subject: Subject<AgentSubject>;
    let agent: UnlockAgent;

    beforeEach(async () => {
      subject = await harness.create();
      agent = subject.port.agent;
    });

    afterEach(async () => {
      await agent.stop();
      await subject.dispose?.();
    });

    it('is not running at first, and stopping it says so', async () => {
      expect(await agent.status()).to.equal(undefined);
      expect(await agent.stop()).to.equal(false);
    });

    it('starts none where there is no vault', async () => {
      await refusal('vault/absent', () => agent.start(PASSPHRASE, HOUR));
      expect(await agent.status()).to.equal(undefined);
    });

    it('starts none for a wrong passphrase, and leaves a running one alone', async () => {
      await subject.port.vault.create(PASSPHRASE);
      const wrong = new Secret('the wrong canary passphrase');
      expect(await refusal('vault/wrong-passphrase', () => agent.start(wrong, HOUR))).not.to.include('canary');
      expect(await agent.status()).to.equal(undefined);
      const { until } = await agent.start(PASSPHRASE, HOUR);
      await refusal('vault/wrong-passphrase', () => agent.start(wrong, 2 * HOUR));
      expect((await agent.status())?.until).to.equal(until);
    });

    it('says until when it holds the vault open, and half an hour for being idle', async () => {
      await subject.port.vault.create(PASSPHRASE);
      const before = Date.now();
      const state = await agent.start(PASSPHRASE, 8 * HOUR);
      expect(millisecondsOf(state.until) - before).to.be.within(8 * HOUR, 8 * HOUR + 20_000);
      expect(millisecondsOf(state.idleUntil) - before).to.be.within(HOUR / 2, HOUR / 2 + 20_000);
      expect((await agent.status())?.until).to.equal(state.until);
      const short = await agent.start(PASSPHRASE, 60_000);
      expect(short.idleUntil).to.equal(short.until);
      expect(millisecondsOf(short.until)).to.be.lessThan(millisecondsOf(state.until));
    });

    it('ends when it is stopped', async () => {
      await subject.port.vault.create(PASSPHRASE);
      await agent.start(PASSPHRASE, HOUR);
      expect(await agent.stop()).to.equal(true);
      expect(await agent.status()).to.equal(undefined);
      expect(await agent.stop()).to.equal(false);
    });

    for (const forMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 8 * 24 * HOUR]) {
      it(`refuses to hold it open for ${forMs} ms`, async () => {
        await subject.port.vault.create(PASSPHRASE);
        await refusal('usage', () => agent.start(PASSPHRASE, forMs));
        expect(await agent.status()).to.equal(undefined);
      });
    }
  });
}
