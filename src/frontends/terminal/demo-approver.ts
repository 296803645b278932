import type { ApprovalDecision, ApprovalRequest } from '../../core/domain/approval.js';
import type { Approver } from '../../ports/approver.js';

/** Answers the cards of a tour that nobody watches: it shows each card, says that the yes is scripted, and allows the call once. */
export class DemoApprover implements Approver {
  readonly #show: (request: ApprovalRequest) => void;

  constructor(show: (request: ApprovalRequest) => void) {
    this.#show = show;
  }

  async decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
    if (signal.aborted) return { outcome: 'deny', by: 'abort' };
    this.#show(request);
    return { outcome: 'allow', scope: 'once', by: 'rule' };
  }
}
