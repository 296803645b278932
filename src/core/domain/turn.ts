import type { ApprovalDecision, ApprovalRequest } from './approval.js';
import type { Finding } from './finding.js';
import type { CallId, ConversationId } from './identifiers.js';
import type { JsonObject } from './json.js';
import type { Attachment, Origin, Provenance } from './message.js';
import type { ModelRef, TokenUsage } from './model.js';
import type { ToolCall, ToolResult } from './tool.js';

/** One request of the person, to its final answer. */
export interface TurnRequest {
  readonly conversation: ConversationId;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  readonly origin: Origin;
  /** Replaces the persona for this turn. */
  readonly system?: string;
  /** The model for this turn; the one of the settings when absent. */
  readonly model?: ModelRef;
  /** Model options that go over those of the settings. */
  readonly options?: JsonObject;
  /** The most model calls with tools in this turn; 10 when absent. */
  readonly maxRounds?: number;
}

/** What the person is told while a turn runs; `code` is stable, `text` is for reading. */
export interface TurnNotice {
  readonly type: 'notice';
  readonly code: 'retry' | 'summarised' | 'trimmed' | 'round-limit' | 'bad-arguments' | 'length' | 'content-filter';
  readonly text: string;
}

/** Everything that happens in a turn, in order; `turn-end` is last unless the turn throws. */
export type TurnEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-request'; readonly request: ApprovalRequest }
  | { readonly type: 'tool-decision'; readonly call: CallId; readonly decision: ApprovalDecision }
  | { readonly type: 'tool-progress'; readonly call: CallId; readonly text: string }
  | {
      readonly type: 'tool-result';
      readonly result: ToolResult;
      readonly provenance: Provenance;
      readonly findings: readonly Finding[];
    }
  | { readonly type: 'input-findings'; readonly source: string; readonly findings: readonly Finding[] }
  | { readonly type: 'answer-findings'; readonly findings: readonly Finding[] }
  | TurnNotice
  | { readonly type: 'turn-end'; readonly reason: 'answered' | 'round-limit' | 'aborted'; readonly usage: TokenUsage };
