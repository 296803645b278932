import type { Finding } from './finding.js';
import type { ConversationId, ProviderId } from './identifiers.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Origin } from './message.js';
import type { ToolCall, ToolDefinition } from './tool.js';

/** One argument of a call as the card shows it, with where its value was seen. */
export interface ArgumentOrigin {
  /** The argument's path, such as `to` or `attendees.0`. */
  readonly path: string;
  readonly value: JsonValue;
  /** `own` = in the person's own words; `external` = in external text and not in the person's words; `model` = in neither. */
  readonly seenIn: 'own' | 'external' | 'model';
  /** The source of the external text, if that is where it was seen. */
  readonly source?: string;
  /** Whether it says where bytes go. */
  readonly destination: boolean;
}

/** What an approver is asked: this call and no other. */
export interface ApprovalRequest {
  readonly call: ToolCall;
  readonly definition: ToolDefinition;
  readonly provider: ProviderId;
  readonly conversation: ConversationId;
  readonly origin: Origin;
  readonly findings: readonly Finding[];
  /** One line that says what the call does. */
  readonly summary: string;
  /** What the call would do, as the provider computed it beforehand: foreign text. */
  readonly preview?: string;
  /** Why it is asked, one line each, besides what `taintedBy` says: the effect, a secret in an argument. */
  readonly reasons: readonly string[];
  readonly arguments: readonly ArgumentOrigin[];
  /** The sources of external text that this conversation has read; empty when it has read none. */
  readonly taintedBy: readonly string[];
  /** Whether allowing it for the whole conversation may be offered. */
  readonly grantable: boolean;
  /** SHA-256 over the exact call, single use; execution recomputes it. */
  readonly digest: string;
}

/** What was decided, and by whom: the model is never told "denied by the person" when nobody was asked. */
export type ApprovalDecision =
  | { readonly outcome: 'allow'; readonly scope: 'once' | 'conversation'; readonly by: 'person' | 'rule' }
  | { readonly outcome: 'edit'; readonly args: JsonObject; readonly by: 'person' }
  | { readonly outcome: 'deny'; readonly by: 'person' | 'rule' | 'unavailable' | 'timeout' | 'abort'; readonly note?: string };
