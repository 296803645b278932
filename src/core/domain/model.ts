import type { CallId, ToolName } from './identifiers.js';
import type { JsonObject } from './json.js';
import type { OpaqueState, ToolCall, ToolDefinition } from './tool.js';

/** Which model of which provider, and where it is reached if not at the provider's own address. */
export interface ModelRef {
  /** The id of a row of the provider table, such as `openai`. */
  readonly provider: string;
  readonly model: string;
  readonly baseUrl?: string;
}

/** One row of the provider table. */
export interface ProviderInfo {
  readonly id: string;
  readonly displayName: string;
  /** Where the API is, without a trailing slash; absent where the person must give it. */
  readonly baseUrl?: string;
  readonly needsKey: boolean;
  /** The environment variable that usually holds the key; read by setup alone. */
  readonly keyVariable?: string;
  readonly defaultModel?: string;
  /** How to see that it answers: the model list, or nothing to ask. */
  readonly check: 'models' | 'none';
  readonly group: 'cloud' | 'local' | 'other';
}

/** How many tokens a model read and wrote; estimated where the provider said nothing. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated?: true;
}

/** An image for a model that sees. */
export interface PromptImage {
  readonly mediaType: 'image/png' | 'image/jpeg';
  readonly base64: string;
}

/** One message of a prompt: already fenced, cut and redacted; what a model adapter sends as it is. */
export type PromptMessage =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly PromptImage[] }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[]; readonly opaque?: OpaqueState }
  | { readonly role: 'tool'; readonly call: CallId; readonly tool: ToolName; readonly text: string };

/** One request to a model. */
export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly PromptMessage[];
  /** The tools that may be called; empty for none. */
  readonly tools: readonly ToolDefinition[];
  /** Model options passed on unchanged (temperature, reasoning_effort …). */
  readonly options?: JsonObject;
}

/** Why a model stopped. */
export type EndReason = 'stop' | 'tool-calls' | 'length' | 'content-filter';

/** What a model says while it answers: any number of deltas and calls, then exactly one `end`. */
export type ModelEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'retry'; readonly attempt: number; readonly waitMs: number; readonly why: string }
  | { readonly type: 'end'; readonly reason: EndReason; readonly usage?: TokenUsage; readonly opaque?: OpaqueState };
