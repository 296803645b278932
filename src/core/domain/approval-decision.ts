import type { ApprovalDecision } from './approval.js';
import { frozenCopy } from './frozen-json.js';
import { isJsonObject } from './json.js';

const DENIERS: readonly unknown[] = ['person', 'rule', 'unavailable', 'timeout', 'abort'];

/** What an approver answered, as a frozen copy that it cannot change any more; anything that is not a decision denies: nobody decided. */
export function decisionOf(answer: unknown): ApprovalDecision {
  return validDecision(answer) ?? { outcome: 'deny', by: 'unavailable' };
}

function validDecision(answer: unknown): ApprovalDecision | undefined {
  let copy: unknown;
  try {
    copy = frozenCopy(answer);
  } catch {
    return undefined;
  }
  if (!isJsonObject(copy)) return undefined;
  const { outcome, scope, by, args, note } = copy;
  if (outcome === 'allow' && (scope === 'once' || scope === 'conversation') && (by === 'person' || by === 'rule')) {
    return { outcome, scope, by };
  }
  if (outcome === 'edit' && by === 'person' && isJsonObject(args)) return { outcome, args, by };
  if (outcome !== 'deny' || !DENIERS.includes(by) || (note !== undefined && typeof note !== 'string')) return undefined;
  const denier = by as Extract<ApprovalDecision, { outcome: 'deny' }>['by'];
  return note === undefined ? { outcome, by: denier } : { outcome, by: denier, note };
}
