import type { ApprovalRequest } from '../domain/approval.js';
import { argumentOrigins, type DescribedText } from '../domain/argument-origins.js';
import { argumentAt, isNothing } from '../domain/argument-paths.js';
import { callSummary, oneLine } from '../domain/call-summary.js';
import { frozenCopy } from '../domain/frozen-json.js';
import type { JsonObject } from '../domain/json.js';
import type { Redactor } from '../domain/redaction.js';
import type { ToolDefinition } from '../domain/tool.js';
import { taintSources } from '../domain/untrusted.js';
import type { GateTurn } from './gate-turn.js';
import type { PreparedCall } from './prepared-call.js';

const LONGEST_REASON = 600;

/** What an approver is asked: a copy in which nothing can be changed. */
export function requestFor(
  prepared: PreparedCall,
  turn: GateTurn,
  options: {
    readonly showFindings: boolean;
    readonly everyCall: boolean;
    readonly notes: readonly string[];
    readonly typed: readonly string[];
    readonly preview?: string;
    readonly described: readonly DescribedText[];
    readonly redactor: Redactor;
  },
): ApprovalRequest {
  const { call, found, scan } = prepared;
  const { definition } = found;
  const taintedBy = taintSources(turn.messages).map(oneLine);
  const reasons = [effectReason(prepared, options.everyCall), ...secretReason(prepared), ...options.notes];
  const request = {
    call,
    definition: shownDefinition(definition, options.redactor),
    provider: found.provider.id,
    conversation: prepared.conversation,
    origin: turn.origin,
    findings: scan.findings.filter((finding) => options.showFindings || finding.category === 'secret'),
    summary: callSummary(definition, call.args),
    ...(options.preview === undefined ? {} : { preview: options.preview }),
    reasons: reasons.map((reason) => oneLine(reason).slice(0, LONGEST_REASON)),
    arguments: argumentOrigins(call.args, definition.destinations, turn.messages, options.typed, options.described),
    taintedBy,
    grantable: isGrantable(prepared, taintedBy),
    digest: prepared.digest,
  };
  return frozenCopy(request) as unknown as ApprovalRequest;
}

/** What somebody else wrote about a tool may hold a secret that its server was given. */
function shownDefinition(definition: ToolDefinition, redactor: Redactor): ToolDefinition {
  return definition.describedBy === undefined ? definition : { ...definition, description: redactor.redact(definition.description) };
}

/** Whether a decision may count for the whole conversation. */
export function isGrantable({ found, scan }: PreparedCall, taintedBy: readonly string[]): boolean {
  return found.definition.effect !== 'destructive' && taintedBy.length === 0 && !scan.holdsSecret;
}

/** The request as it may be reported, stored and sent on: without secrets. */
export function reportedRequest(request: ApprovalRequest, redactor: Redactor): ApprovalRequest {
  return {
    ...request,
    call: { ...request.call, args: redactor.redactJson(request.call.args) as JsonObject },
    summary: redactor.redact(request.summary),
    reasons: request.reasons.map((reason) => redactor.redact(reason)),
    arguments: request.arguments.map((argument) => ({ ...argument, value: redactor.redactJson(argument.value) })),
  };
}

function effectReason({ found, call }: PreparedCall, everyCall: boolean): string {
  const { effect, destinations, approval } = found.definition;
  switch (effect) {
    case 'read':
      return approval === 'none' && everyCall ? 'every call is asked about (plugins.require_approval)' : 'the tool asks before it reads';
    case 'write':
      return 'it changes something';
    case 'destructive':
      return 'it can destroy something';
    case 'egress': {
      const to = destinations.map((path) => argumentAt(call.args, path)).filter((value) => !isNothing(value));
      const where = to.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
      return `it sends what the model wrote to ${where === '' ? 'somewhere else' : where}`;
    }
  }
}

function secretReason({ scan }: PreparedCall): readonly string[] {
  return scan.holdsSecret ? ['an argument holds a secret, or what looks like one'] : [];
}
