import { expect } from 'chai';
import type { System } from '../../src/ports/system.js';
import type { Harness, Subject } from '../support/harness.js';

/** What every System guarantees. */
export function systemContract(harness: Harness<System>): void {
  describe(`${harness.name} as the system`, () => {
    let subject: Subject<System>;
    let system: System;

    beforeEach(async () => {
      subject = await harness.create();
      system = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    it('gives moments in UTC with milliseconds that do not go back', () => {
      const [first, second] = [system.now(), system.now()];
      expect(first).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(second >= first).to.equal(true);
    });

    it('gives ids of 22 letters and digits, each new', () => {
      const ids = Array.from({ length: 1_000 }, () => system.id());
      for (const id of ids) expect(id).to.match(/^[A-Za-z0-9]{22}$/);
      expect(new Set(ids).size).to.equal(1_000);
    });

    it('gives the SHA-256 of the UTF-8 form', () => {
      // FIPS 180-4, and `printf ü | sha256sum`.
      expect(system.digest('abc')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
      expect(system.digest('')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    });

    it('waits', async () => {
      const before = Date.parse(system.now());
      await system.wait(15, new AbortController().signal);
      expect(Date.parse(system.now()) - before).to.be.at.least(14);
    });

    it('stops waiting with the reason of the signal, also one that was given before', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const waiting = system.wait(60_000, controller.signal).catch((thrown: unknown) => thrown);
      controller.abort(reason);
      expect(await waiting).to.equal(reason);
      expect(await system.wait(60_000, controller.signal).catch((thrown: unknown) => thrown)).to.equal(reason);
    });

    it('ends a deadline when any given signal aborts, with its reason', () => {
      const one = new AbortController();
      const two = new AbortController();
      const deadline = system.deadline([one.signal, two.signal]);
      expect(deadline.signal.aborted).to.equal(false);
      const reason = new Error('two');
      two.abort(reason);
      expect(deadline.signal.reason).to.equal(reason);
      deadline.dispose();
    });

    it('starts a deadline ended when a given signal is aborted already', () => {
      const controller = new AbortController();
      controller.abort();
      const deadline = system.deadline([controller.signal], 60_000);
      expect(deadline.signal.aborted).to.equal(true);
      deadline.dispose();
    });

    it('ends a deadline by hand, with the given reason', () => {
      const deadline = system.deadline([], 60_000);
      const reason = new Error('by hand');
      deadline.abort(reason);
      expect(deadline.signal.reason).to.equal(reason);
      deadline.dispose();
    });

    it('ends a deadline after its time with a TimeoutError, and not at all once it is disposed of', async () => {
      const never = new AbortController().signal;
      const [short, disposed] = [system.deadline([never], 5), system.deadline([never], 5)];
      disposed.dispose();
      disposed.dispose();
      await system.wait(40, never);
      expect(short.signal.aborted).to.equal(true);
      expect((short.signal.reason as Error).name).to.equal('TimeoutError');
      expect(disposed.signal.aborted).to.equal(false);
    });
  });
}
