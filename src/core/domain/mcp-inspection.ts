import type { Finding } from './finding.js';
import type { ToolName } from './identifiers.js';
import type { McpRecord, McpServer, McpTool, McpToolClass } from './mcp-server.js';

/** A tool as a look at its server found it. */
export interface InspectedMcpTool {
  readonly verb: string;
  readonly tool: McpTool;
  /** SHA-256 over what the server says of it, in hex. */
  readonly digest: string;
  /** What the scan for injected instructions found in its description and schema. */
  readonly findings: readonly Finding[];
  readonly state: 'new' | 'changed' | 'same';
  /** For `changed`: as the person saw it before. */
  readonly before?: McpTool;
}

/** What a look at a running server found; nothing of it is accepted yet. */
export interface McpInspection {
  readonly server: McpServer;
  /** What the server calls itself: foreign. */
  readonly title: string;
  /** Sorted by verb. */
  readonly tools: readonly InspectedMcpTool[];
  /** The verbs of tools that were seen before and are there no more. */
  readonly gone: readonly string[];
  /** One sentence for each tool that cannot be used: its name collides or cannot be mapped, its schema is too large, too deep, can explode. */
  readonly faults: readonly string[];
}

/** One tool of a configured server, for lists. */
export interface McpToolStatus {
  readonly verb: string;
  readonly name: ToolName;
  readonly tool: McpTool;
  readonly class: McpToolClass;
  /** Whether the person classified it; else it is `destructive`. */
  readonly classified: boolean;
  /** `offered` to the model; or why not: its description changed, it is gone, the person has not seen it, or it was found suspicious and not agreed to. */
  readonly state: 'offered' | 'changed' | 'gone' | 'unseen';
  readonly findings: readonly Finding[];
}

/** A configured server, for lists; nothing was started to know this. */
export interface McpServerStatus {
  readonly server: McpServer;
  readonly record: McpRecord;
  /** `not seen`: nobody has looked at its tools yet, so none is offered. `changed`: some tools wait for the person. */
  readonly state: 'ready' | 'not seen' | 'changed' | 'blocked' | 'needs secrets';
  /** What is missing or wrong, one sentence each, with what to do. */
  readonly faults: readonly string[];
  /** Sorted by verb. */
  readonly tools: readonly McpToolStatus[];
}
