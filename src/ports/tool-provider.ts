import type { ProviderId, ToolName } from '../core/domain/identifiers.js';
import type { JsonObject } from '../core/domain/json.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../core/domain/tool.js';

/** Offers tools. Called by the gate alone. */
export interface ToolProvider {
  readonly id: ProviderId;
  /** The tools as they are now; runs no tool code. */
  tools(): Promise<readonly ToolDefinition[]>;
  /**
   * Runs one tool. An expected failure is an output with outcome `failed`; a throw means that the provider broke and is told to the model as
   * `failed` without its details. On abort it stops and throws the signal's AbortError.
   */
  call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput>;
  /** Lets go of what it holds; idempotent. */
  close(): Promise<void>;
}
