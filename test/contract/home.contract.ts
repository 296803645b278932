import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { Home } from '../../src/ports/home.js';
import type { Harness, Subject } from '../support/harness.js';

/** A home whose faults can be made by the test. */
export interface HomeSubject extends Subject<Home> {
  /** Gives `config.yaml` or, without one, another known file a too wide mode. */
  widen(): void;
  /** Puts a symbolic link in place of `run/`. */
  plantLink(): void;
  loseSentinel(): void;
}

/** A harness that gives such homes. */
export interface HomeHarness extends Harness<Home> {
  create(): Promise<HomeSubject>;
}

/** What every Home guarantees. */
export function homeContract(harness: HomeHarness): void {
  describe(`${harness.name} as a home`, () => {
    let subject: HomeSubject;
    let home: Home;

    beforeEach(async () => {
      subject = await harness.create();
      home = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const labels = async (): Promise<readonly string[]> => (await home.inspect()).map((finding) => finding.label);

    it('reports a home that is not there yet', async () => {
      expect(await labels()).to.deep.equal(['home-missing']);
    });

    it('makes a home in which nothing is wrong, with nothing repaired, as often as it is asked', async () => {
      expect(await home.prepare()).to.deep.equal([]);
      expect(await home.prepare()).to.deep.equal([]);
      expect(await home.inspect()).to.deep.equal([]);
    });

    it('reports a too wide mode without changing it, repairs it once, and says so', async () => {
      await home.prepare();
      subject.widen();
      expect(await labels()).to.deep.equal(['mode-too-wide']);
      expect(await labels()).to.deep.equal(['mode-too-wide']);
      const repaired = await home.prepare();
      expect(repaired.map(({ label, category }) => [label, category])).to.deep.equal([['mode-repaired', 'home']]);
      expect(await home.prepare()).to.deep.equal([]);
      expect(await labels()).to.deep.equal([]);
    });

    it('refuses a planted link', async () => {
      await home.prepare();
      subject.plantLink();
      expect(await labels()).to.deep.equal(['symbolic-link']);
      expect(isPyraError(await home.prepare().catch((thrown: unknown) => thrown), 'home/insecure')).to.equal(true);
    });

    it('refuses an existing home that has lost its sentinel, with a hint, after everything else is done', async () => {
      await home.prepare();
      subject.loseSentinel();
      subject.widen();
      expect(await labels()).to.have.members(['vault-sentinel-missing', 'mode-too-wide']);
      for (let start = 0; start < 2; start += 1) {
        const error = await home.prepare().catch((thrown: unknown) => thrown);
        expect(isPyraError(error, 'vault/absent')).to.equal(true);
        expect(error).to.have.property('hint').that.is.a('string').and.not.empty;
      }
      expect(await labels()).to.deep.equal(['vault-sentinel-missing']);
    });
  });
}
