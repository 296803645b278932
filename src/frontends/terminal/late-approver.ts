import type { ApprovalDecision, ApprovalRequest } from '../../core/domain/approval.js';
import type { Approver } from '../../ports/approver.js';

/** An approver that is opened at its first request: most turns ask nothing. One that cannot be opened approves nothing. */
export function lateApprover(open: () => Promise<Approver>): Approver {
  let opened: Promise<Approver> | undefined;
  return {
    decide: async (request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> => {
      opened ??= open();
      const approver = await opened.catch(() => undefined);
      return approver === undefined ? { outcome: 'deny', by: 'unavailable' } : approver.decide(request, signal);
    },
  };
}
