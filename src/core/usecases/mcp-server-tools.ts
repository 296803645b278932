import type { ToolProvider } from '../../ports/tool-provider.js';
import { isPyraError } from '../domain/errors.js';
import type { ProviderId, ToolName } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import type { McpServer, SeenMcpTool } from '../domain/mcp-server.js';
import type { Redactor } from '../domain/redaction.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../domain/tool.js';
import type { McpPorts } from './mcp-ports.js';
import type { RunningServers } from './mcp-running-servers.js';

/** How often a call is tried anew because the server says that its tools changed. */
const MAX_LISTINGS = 3;

/** What the tools of one server are made from. */
export interface ServerToolsParts {
  readonly server: McpServer;
  /** The tools that are offered, with their definitions. */
  readonly offered: readonly { readonly seen: SeenMcpTool; readonly definition: ToolDefinition }[];
  readonly running: RunningServers;
  readonly ports: McpPorts;
}

/**
 * The tools of one MCP server as the person has seen them. A call goes to the server only while it lists exactly that tool; else the tool is
 * marked in the record, and nothing is sent.
 */
export class McpServerTools implements ToolProvider {
  readonly id: ProviderId;
  readonly #parts: ServerToolsParts;
  readonly #definitions: readonly ToolDefinition[];
  readonly #seen: ReadonlyMap<ToolName, SeenMcpTool>;

  constructor(parts: ServerToolsParts) {
    this.id = parts.server.name as string as ProviderId;
    this.#parts = parts;
    this.#definitions = parts.offered.map(({ definition }) => definition);
    this.#seen = new Map(parts.offered.map(({ definition, seen }) => [definition.name, seen]));
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return this.#definitions;
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, { progress }: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    const seen = this.#seen.get(tool);
    if (seen === undefined) return failed(`there is no tool ${tool}`);
    try {
      return await this.#run(seen, args, signal, progress);
    } catch (error) {
      if (signal.aborted || !isPyraError(error)) throw error;
      return failed(sentenceOf(this.#parts.ports.redactor, error));
    }
  }

  /** What runs belongs to whoever made this: the same server can offer other tools next. */
  async close(): Promise<void> {}

  async #run(seen: SeenMcpTool, args: JsonObject, signal: AbortSignal, progress: (text: string) => void): Promise<ToolOutput> {
    const { server, running } = this.#parts;
    for (let tries = 0; tries < MAX_LISTINGS; tries += 1) {
      const { listing, listed, isNew } = await running.listing(server, signal, progress);
      const there = listed.tools.get(seen.verb);
      if (there?.digest === seen.digest) {
        const output = await listing.call(seen.tool.name, args, signal, progress);
        if (output !== undefined) return output;
      } else if (isNew) return failed(changedText(server, seen, there === undefined));
      // It fitted once: since then the person has accepted what a newer process of the server says.
      else running.restart(server);
    }
    return failed(`the MCP server ${server.name} says again and again that its tools have changed; nothing was sent to it`);
  }
}

function changedText({ name }: McpServer, { verb }: SeenMcpTool, isGone: boolean): string {
  const what = isGone ? 'is not offered by its server any more' : 'is not the tool any more that the person has seen';
  return `${name}.${verb} ${what}; nothing was sent. The person can see the difference and accept it: pyra mcp set ${name}`;
}

function sentenceOf(redactor: Redactor, { message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return redactor.redact(hint === undefined ? message : `${message} (${hint})`);
}

function failed(text: string): ToolOutput {
  return { text, outcome: 'failed' };
}
