import { expect } from 'chai';
import { lateApprover } from '../../../../src/frontends/terminal/late-approver.js';
import type { Approver } from '../../../../src/ports/approver.js';
import { approvalRequest } from '../../../support/approval-request.js';

const { signal } = new AbortController();

describe('a late approver', () => {
  it('is opened at the first request, and once', async () => {
    let opened = 0;
    const inner: Approver = { decide: async () => ({ outcome: 'allow', scope: 'once', by: 'person' }) };
    const approver = lateApprover(async () => {
      opened += 1;
      return inner;
    });
    expect(opened).to.equal(0);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await approver.decide(approvalRequest(), signal)).to.deep.equal({ outcome: 'allow', scope: 'once', by: 'person' });
    }
    expect(opened).to.equal(1);
  });

  it('denies when it cannot be opened', async () => {
    const approver = lateApprover(() => Promise.reject(new Error('no terminal')));
    expect(await approver.decide(approvalRequest(), signal)).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
  });
});
