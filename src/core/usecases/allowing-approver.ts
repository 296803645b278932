import type { Approver } from '../../ports/approver.js';
import { type AllowRule, allows } from '../domain/allow-rule.js';
import type { ApprovalDecision, ApprovalRequest } from '../domain/approval.js';

/** Allows what the person allowed for this process with `--allow`, and asks the approver within about everything else. */
export class AllowingApprover implements Approver {
  readonly #rules: readonly AllowRule[];
  readonly #inner: Approver;

  constructor(rules: readonly AllowRule[], inner: Approver) {
    this.#rules = [...rules];
    this.#inner = inner;
  }

  async decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
    const isAllowed = !signal.aborted && this.#rules.some((rule) => allows(rule, request.definition, request.call.args));
    return isAllowed ? { outcome: 'allow', scope: 'once', by: 'rule' } : this.#inner.decide(request, signal);
  }
}
