import type { Address, Sender } from './channel.js';
import type { Instant } from './identifiers.js';
import type { OpaqueState, ToolCall, ToolResult } from './tool.js';

/** Who asked for something; stamped by whatever received it, never taken from its text. */
export type Origin =
  | { readonly kind: 'terminal' | 'script' | 'schedule' | 'web' }
  | { readonly kind: 'channel'; readonly sender: Sender; readonly address: Address };

/** Whether a text is the person's (or Pyra's) own, or came from elsewhere. */
export type Provenance = { readonly kind: 'own' } | { readonly kind: 'external'; readonly source: string };

/** Something given along with a message. Its text is always external; `boundary` is the random mark that fences it. */
export type Attachment =
  | { readonly kind: 'text'; readonly source: string; readonly text: string; readonly boundary: string }
  | { readonly kind: 'image'; readonly source: string; readonly mediaType: 'image/png' | 'image/jpeg'; readonly base64: string };

/** What the person said, with what was attached. */
export interface UserMessage {
  readonly role: 'user';
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  readonly origin: Origin;
  readonly provenance: Provenance;
  readonly at: Instant;
}

/** What the model answered in one round. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly reasoning?: string;
  readonly opaque?: OpaqueState;
  /** The answer was cut short by the person, an error or the end of the process. */
  readonly interrupted?: true;
  readonly at: Instant;
}

/** The result of one call; `boundary` is the random mark that fences it when it is external. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly result: ToolResult;
  readonly provenance: Provenance;
  readonly boundary: string;
  readonly at: Instant;
}

/**
 * A summary that stands for the first `covers` messages of the conversation in later prompts. `tainted` when any of them was external;
 * `boundary` is the random mark that fences it then.
 */
export interface SummaryMessage {
  readonly role: 'summary';
  readonly text: string;
  readonly covers: number;
  readonly tainted: boolean;
  readonly boundary: string;
  readonly at: Instant;
}

/** One entry of a conversation. */
export type Message = UserMessage | AssistantMessage | ToolMessage | SummaryMessage;
