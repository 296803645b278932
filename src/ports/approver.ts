import type { ApprovalDecision, ApprovalRequest } from '../core/domain/approval.js';

/** Decides about one call. */
export interface Approver {
  /** Never rejects; one that cannot ask answers deny/unavailable; an abort answers deny/abort, closed input deny/unavailable, no answer in time deny/timeout. */
  decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision>;
}
