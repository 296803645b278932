import type { ApprovalDecision, ApprovalRequest } from '../../core/domain/approval.js';
import type { Approver } from '../../ports/approver.js';

/** One answer of a script: a decision, or what makes one of the request. */
export type ScriptedDecision =
  | ApprovalDecision
  | ((request: ApprovalRequest, signal: AbortSignal) => ApprovalDecision | Promise<ApprovalDecision>);

/** Decides as it was told, one answer per request; with no answer left there is nobody to ask. */
export class InMemoryApprover implements Approver {
  /** Everything that it was asked, in order. */
  readonly requests: ApprovalRequest[] = [];
  readonly #decisions: ScriptedDecision[];

  constructor(decisions: readonly ScriptedDecision[] = []) {
    this.#decisions = [...decisions];
  }

  async decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
    this.requests.push(request);
    const next = this.#decisions.shift();
    if (next === undefined) return { outcome: 'deny', by: 'unavailable' };
    if (signal.aborted) return { outcome: 'deny', by: 'abort' };
    const decision = typeof next === 'function' ? await this.#answer(next, request, signal) : next;
    return signal.aborted ? { outcome: 'deny', by: wasTimeout(signal) ? 'timeout' : 'abort' } : decision;
  }

  async #answer(
    next: Exclude<ScriptedDecision, ApprovalDecision>,
    request: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalDecision> {
    const aborted = new Promise<ApprovalDecision>((resolve) => {
      signal.addEventListener('abort', () => resolve({ outcome: 'deny', by: 'abort' }), { once: true });
    });
    try {
      return await Promise.race([next(request, signal), aborted]);
    } catch {
      return { outcome: 'deny', by: 'unavailable' };
    }
  }
}

function wasTimeout(signal: AbortSignal): boolean {
  return signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
}
