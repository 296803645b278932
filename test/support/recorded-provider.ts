import type { ToolRun } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import type { ProviderId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../../src/core/domain/tool.js';
import type { ToolProvider } from '../../src/ports/tool-provider.js';

/** A provider in front of a real one that remembers which calls came through to it. Closing it leaves the real one open. */
export class RecordedProvider implements ToolProvider {
  readonly runs: ToolRun[] = [];
  readonly #inner: ToolProvider;

  constructor(inner: ToolProvider) {
    this.#inner = inner;
  }

  get id(): ProviderId {
    return this.#inner.id;
  }

  tools(): Promise<readonly ToolDefinition[]> {
    return this.#inner.tools();
  }

  call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    this.runs.push({ tool, args, context });
    return this.#inner.call(tool, args, signal, context);
  }

  async preview(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    return this.#inner.preview?.(tool, args, signal);
  }

  async close(): Promise<void> {}
}
