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
  /**
   * For a tool with `preview`: what exactly a call would do, for the person who decides. Has no effect. `undefined` when it has nothing to
   * say. A throw counts as that too; a PyraError says why it cannot, in the tool's own words. On abort it stops.
   */
  preview?(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined>;
  /** Lets go of what it holds; idempotent. */
  close(): Promise<void>;
}
