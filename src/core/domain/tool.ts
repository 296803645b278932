import type { CallId, ConversationId, ToolName } from './identifiers.js';
import type { JsonObject, JsonSchema, JsonValue } from './json.js';
import type { Provenance } from './message.js';

/**
 * The worst that a tool's arguments can cause: `read` · `egress` (bytes chosen by the model leave for somewhere that the person
 * did not configure) · `write` · `destructive`.
 */
export type ToolEffect = 'read' | 'egress' | 'write' | 'destructive';

/** Every effect, the mildest first. */
export const TOOL_EFFECTS: readonly ToolEffect[] = ['read', 'egress', 'write', 'destructive'];

/** What is known of a tool before any of its code runs. */
export interface ToolDefinition {
  readonly name: ToolName;
  readonly description: string;
  readonly parameters: JsonSchema;
  readonly effect: ToolEffect;
  /** The argument paths that say where bytes go: `to`, `cc`, `url`, `attendees`. */
  readonly destinations: readonly string[];
  /** `none` only for `read`: runs without a question. */
  readonly approval: 'ask' | 'none';
  /** One line for the card, with `{argument}` in it: `write a note to {to}`. */
  readonly summary?: string;
  /** Whether the provider can say beforehand what exactly a call would do; shown on the card. */
  readonly preview?: boolean;
  /** The most that one call may take, in seconds; 60 when absent. */
  readonly timeout?: number;
  /** A digest over the code behind the tool: what was approved is not what other code does. */
  readonly code?: string;
  /** Who wrote the description, when nobody here answers for it: the model is given it as external text. */
  readonly describedBy?: string;
  /** Sentences about the provider that the person reads whenever a call is asked about. */
  readonly cautions?: readonly string[];
}

/** One request to run a tool. */
export interface ToolCall {
  readonly id: CallId;
  readonly tool: ToolName;
  readonly args: JsonObject;
  /** Provider state that must go back with this call to the provider that gave it, and to no other. */
  readonly opaque?: OpaqueState;
}

/** Provider state that is returned to the provider that gave it, and to no other. */
export interface OpaqueState {
  readonly provider: string;
  readonly value: JsonValue;
}

/** How a call ended. */
export type ToolOutcome = 'ok' | 'failed' | 'denied' | 'invalid' | 'unknown-tool' | 'timed-out' | 'aborted' | 'withheld';

/** What came of a call: its text is whole (at most {@link MAX_RESULT_CHARACTERS}), redacted, not fenced and not cut for the model. */
export interface ToolResult {
  readonly call: CallId;
  readonly tool: ToolName;
  readonly text: string;
  readonly data?: JsonValue;
  readonly outcome: ToolOutcome;
}

/** What a provider of tools answers to one call. */
export interface ToolOutput {
  readonly text: string;
  readonly data?: JsonValue;
  /** `failed` for an expected failure that the model can read; absent for success. */
  readonly outcome?: 'ok' | 'failed';
  /** Where the text comes from. Of Pyra's own providers it is believed; of others only the name of the source is taken, behind that of the tool. */
  readonly provenance?: Provenance;
}

/** What a provider of tools is told about a call besides its arguments. */
export interface ToolCallContext {
  readonly conversation: ConversationId;
  /** Where the arguments may come from: external once the conversation has read external text. */
  readonly provenance: Provenance;
  /** Shows a line to the person while the call runs. */
  readonly progress: (text: string) => void;
}

/** The most of a result that is kept, in UTF-16 code units. */
export const MAX_RESULT_CHARACTERS = 1_000_000;

/** The most of a result that the model is given at once, in UTF-16 code units. */
export const MODEL_RESULT_CHARACTERS = 4_000;
