import type { ProviderId, ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../../core/domain/tool.js';
import type { ToolProvider } from '../../ports/tool-provider.js';

/** What a tool does in this process: gives a text, or a whole output. */
export type ToolFunction = (
  args: JsonObject,
  signal: AbortSignal,
  context: ToolCallContext,
) => string | ToolOutput | Promise<string | ToolOutput>;

/** A tool as a test or a script writes it; what it leaves out of the definition is filled in for a tool that reads and is asked about. */
export interface InMemoryTool {
  readonly definition: Partial<Omit<ToolDefinition, 'name'>> & { readonly name: string };
  readonly run: ToolFunction;
  /** What a call would do; the definition's `preview` follows from it. */
  readonly preview?: (args: JsonObject, signal: AbortSignal) => string | Promise<string>;
}

/** One call that ran. */
export interface ToolRun {
  readonly tool: ToolName;
  readonly args: JsonObject;
  readonly context: ToolCallContext;
}

/** Tools made of functions in this process, for tests and for scripts that trust them. Remembers what ran. */
export class InMemoryToolProvider implements ToolProvider {
  readonly id: ProviderId;
  /** Every call that ran, in order. */
  readonly runs: ToolRun[] = [];
  readonly #tools: readonly InMemoryTool[];

  constructor(id: string, tools: readonly InMemoryTool[]) {
    this.id = id as ProviderId;
    this.#tools = tools;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return this.#tools.map(({ definition, preview }) => whole(preview === undefined ? definition : { ...definition, preview: true }));
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    const found = this.#tools.find(({ definition }) => definition.name === tool);
    if (found === undefined) return { text: `there is no tool ${tool}`, outcome: 'failed' };
    this.runs.push({ tool, args, context });
    const output = await Promise.race([found.run(args, signal, context), rejection(signal)]);
    return typeof output === 'string' ? { text: output } : output;
  }

  async preview(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    return this.#tools.find(({ definition }) => definition.name === tool)?.preview?.(args, signal);
  }

  async close(): Promise<void> {}
}

function whole(given: InMemoryTool['definition']): ToolDefinition {
  return {
    description: `the tool ${given.name}`,
    parameters: { type: 'object' },
    effect: 'read',
    destinations: [],
    approval: 'ask',
    ...given,
    name: given.name as ToolName,
  };
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
