import { expect } from 'chai';
import type { Approver } from '../../src/ports/approver.js';
import { approvalRequest } from '../support/approval-request.js';

/** The person in front of an approver. */
export interface Person {
  /** Allows the request that is open now, once. */
  allow(): Promise<void>;
  refuse(): Promise<void>;
  /** Goes away for good. */
  leave(): Promise<void>;
}

/** One approver under test and the person in front of it; an approver that asks nobody has no person. */
export interface ApproverSubject {
  readonly port: Approver;
  readonly person?: Person;
  dispose?(): Promise<void>;
}

/** How approvers of one kind are made, each isolated from the others; it waits `timeoutMs` for an answer. */
export interface ApproverHarness {
  readonly name: string;
  /** Whether it asks a person. */
  readonly asks: boolean;
  create(timeoutMs: number): Promise<ApproverSubject>;
}

const LONG = 5_000;
const never = new AbortController().signal;

/** What every approver guarantees. */
export function approverContract(harness: ApproverHarness): void {
  describe(`approver: ${harness.name}`, () => {
    let subject: ApproverSubject;
    const create = async (timeoutMs = LONG): Promise<ApproverSubject> => {
      subject = await harness.create(timeoutMs);
      return subject;
    };
    afterEach(() => subject.dispose?.());
    const asking = (sentence: string, test: (port: Approver, person: Person) => Promise<void>, timeoutMs = LONG): void => {
      if (!harness.asks) return;
      it(sentence, async () => {
        const { port, person } = await create(timeoutMs);
        if (person === undefined) throw new Error('the harness gave no person');
        await test(port, person);
      });
    };

    it('denies what was aborted before it was asked', async () => {
      const { port, person } = await create();
      const decision = await port.decide(approvalRequest(), AbortSignal.abort());
      expect(decision).to.deep.equal({ outcome: 'deny', by: person === undefined ? 'unavailable' : 'abort' });
    });

    asking('passes the answer of the person on, and says that it was the person', async (port, person) => {
      const allowed = port.decide(approvalRequest(), never);
      await person.allow();
      expect(await allowed).to.deep.equal({ outcome: 'allow', scope: 'once', by: 'person' });
      const refused = port.decide(approvalRequest(), never);
      await person.refuse();
      expect(await refused).to.deep.equal({ outcome: 'deny', by: 'person' });
    });

    asking('asks about one request after the other, and gives each its own answer', async (port, person) => {
      const first = port.decide(approvalRequest(), never);
      const second = port.decide(approvalRequest({ digest: 'e'.repeat(64) }), never);
      await person.refuse();
      expect(await first).to.include({ outcome: 'deny' });
      await person.allow();
      expect(await second).to.include({ outcome: 'allow' });
    });

    asking('denies by abort when the turn is aborted while it asks', async (port) => {
      const controller = new AbortController();
      const decision = port.decide(approvalRequest(), controller.signal);
      setTimeout(() => controller.abort(), 20);
      expect(await decision).to.deep.equal({ outcome: 'deny', by: 'abort' });
    });

    asking(
      'denies by timeout when nobody answers in time',
      async (port) => {
        expect(await port.decide(approvalRequest(), never)).to.deep.equal({ outcome: 'deny', by: 'timeout' });
      },
      30,
    );

    it('denies as unavailable when there is nobody to ask', async () => {
      const { port, person } = await create();
      const decision = port.decide(approvalRequest(), never);
      await person?.leave();
      expect(await decision).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
      expect(await port.decide(approvalRequest(), never)).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
    });
  });
}
