import type { ApprovalRequest } from '../../src/core/domain/approval.js';
import type { CallId, ConversationId, ProviderId, ToolName } from '../../src/core/domain/identifiers.js';

/** A request to send a mail, for tests of approvers; `change` replaces parts of it. */
export function approvalRequest(change: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    call: { id: 'call-1' as CallId, tool: 'email.send' as ToolName, args: { to: 'ana@example.org', body: 'Hello' } },
    definition: {
      name: 'email.send' as ToolName,
      description: 'sends a mail',
      parameters: { type: 'object' },
      effect: 'egress',
      destinations: ['to'],
      approval: 'ask',
    },
    provider: 'email' as ProviderId,
    conversation: 'conversation-1' as ConversationId,
    origin: { kind: 'terminal' },
    findings: [],
    summary: 'send a mail to ana@example.org',
    reasons: ['it sends what the model wrote to ana@example.org'],
    arguments: [
      { path: 'to', value: 'ana@example.org', seenIn: 'own', destination: true },
      { path: 'body', value: 'Hello', seenIn: 'model', destination: false },
    ],
    taintedBy: [],
    grantable: true,
    digest: 'd'.repeat(64),
    ...change,
  };
}
