import type { Approver } from '../../ports/approver.js';
import type { ApprovalDecision } from '../domain/approval.js';

/** Stands where nobody can be asked: denies, and says that it was not the person. */
export class UnavailableApprover implements Approver {
  async decide(): Promise<ApprovalDecision> {
    return { outcome: 'deny', by: 'unavailable' };
  }
}
