import type { Branded, Instant, SecretName } from './identifiers.js';
import type { JsonSchema } from './json.js';
import type { ToolEffect } from './tool.js';

/** Names an MCP server, and is the first half of its tools' names: `^[a-z][a-z0-9-]{0,31}$`. */
export type McpServerName = Branded<string, 'McpServerName'>;

/** A value that a server is started with or a header of its requests: fixed text, and behind it a secret of the vault, if it names one. */
export interface McpValue {
  /** `Bearer ` in front of a token, or the whole of a value without a secret. */
  readonly text: string;
  readonly secret?: SecretName;
}

/** A server that is a program on this machine and talks on its standard input and output. */
export interface McpProgram {
  readonly kind: 'program';
  /** The program, absolute. Never run through a shell. */
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment but `HOME`, `PATH`, the time zone and what leads to the proxy. */
  readonly env: Readonly<Record<string, McpValue>>;
  /** Folders that it may read, absolute. */
  readonly read: readonly string[];
  /** Folders that it may read and write, absolute. */
  readonly write: readonly string[];
  /** `host:port` or `*.suffix:port`. */
  readonly net: readonly string[];
}

/** A server that is reached over streamable HTTP. */
export interface McpAddress {
  readonly kind: 'address';
  /** `https`, or `http` on this machine. */
  readonly url: string;
  readonly headers: Readonly<Record<string, McpValue>>;
}

/** What the person says that a tool can do. A tool without such a class is `destructive`. */
export interface McpToolClass {
  readonly effect: ToolEffect;
  readonly approval: 'ask' | 'none';
  /** The argument paths that say where bytes go; never empty for `egress`: then every argument counts, unless some are named. */
  readonly destinations: readonly string[];
}

/** A server as the person configured it. */
export interface McpServer {
  readonly name: McpServerName;
  readonly reach: McpProgram | McpAddress;
  /** When it is started: with its first call, or with Pyra (the chat, the daemon). */
  readonly start: 'first-use' | 'startup';
  /** What the person said of its tools, by their verbs. */
  readonly tools: Readonly<Record<string, McpToolClass>>;
}

/** What a server claims of a tool. Shown, never believed. */
export interface McpHints {
  readonly readOnly?: boolean;
  readonly destructive?: boolean;
  readonly idempotent?: boolean;
  readonly openWorld?: boolean;
}

/** A tool as its server describes it: foreign, but bounded. */
export interface McpTool {
  /** The server's own name for it. */
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: JsonSchema;
  readonly hints: McpHints;
}

/** A tool that the person has seen, as it was then. */
export interface SeenMcpTool {
  /** The second half of its name: `^[a-z][a-z0-9_]*$`. */
  readonly verb: string;
  readonly tool: McpTool;
  /** SHA-256 over name, title, description, schema and hints, in hex. */
  readonly digest: string;
  /** What the server says of it now, when that is something else, or `gone`; it is not offered before the person has seen the difference. */
  readonly changed?: McpTool | 'gone';
}

/** What is known of a server besides its settings. */
export interface McpRecord {
  readonly seen: readonly SeenMcpTool[];
  /** Tools that the server offers and the person has not seen; they are not offered. */
  readonly unseen: readonly McpTool[];
  /** Why it is not run: it crashed too often. */
  readonly blocked?: { readonly reason: string; readonly at: Instant };
}
