import type { JsonObject } from '../../core/domain/json.js';
import type { McpServerName, McpTool } from '../../core/domain/mcp-server.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import type { ConnectionEnd, ServerConnection } from './server-connection.js';

/** The tools that a server listed, and why others are left out. */
export interface ToolListing {
  readonly tools: readonly McpTool[];
  readonly faults: readonly string[];
}

/** What a session is made from. */
export interface SessionParts {
  readonly name: McpServerName;
  /** A foreign text as a person may read it: one line, bounded, redacted. */
  readonly shown: (text: string) => string;
  /** Writes to the log of servers' errors. */
  readonly log: (text: string) => void;
  /** Called whenever the server says that its tools changed. */
  readonly changed: () => void;
}

/** One life of a server: a process or an HTTP session that the protocol is spoken with. */
export interface ServerSession {
  /** What the server calls itself, once it is initialized: foreign. */
  readonly title: string;
  /** Settles once, when it is over; never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  /** Agrees with the server on the protocol. Throws a ServerGone, a PyraError of the connection, or the signal's reason. */
  initialize(signal: AbortSignal): Promise<void>;
  /** Asks for its tools. Throws like {@link initialize}. */
  listTools(signal: AbortSignal): Promise<ToolListing>;
  /** Runs a tool. On abort the server is told, and the signal's reason is thrown at once; an error of the server is an output. Throws a ServerGone. */
  call(name: string, args: JsonObject, signal: AbortSignal, progress: (text: string) => void): Promise<ToolOutput>;
  /** Ends it for a reason, in words behind the server's name; only the first counts. */
  fail(reason: string): void;
  /** Ends it, and resolves when everything of it is gone. */
  close(): Promise<void>;
}

/** Makes a session of a connection that was just made; nothing is sent before {@link ServerSession.initialize}. */
export type MakesSession = (connection: ServerConnection, parts: SessionParts) => ServerSession;
