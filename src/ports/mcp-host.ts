import type { SecretName } from '../core/domain/identifiers.js';
import type { JsonObject } from '../core/domain/json.js';
import type { McpServer, McpTool } from '../core/domain/mcp-server.js';
import type { SandboxTier } from '../core/domain/plugin.js';
import type { Secret } from '../core/domain/secret.js';
import type { ToolOutput } from '../core/domain/tool.js';

/** What a host may ask for a server. */
export interface McpDesk {
  /** A secret that the server's settings name; `undefined` when there is none. `vault/locked`. */
  secret(name: SecretName): Promise<Secret | undefined>;
  /** Says that it must not be run again before the person has looked: it crashed too often. */
  block(reason: string): Promise<void>;
}

/** What a server offers at one moment. It holds until the server says that its tools changed, or is another process or session. */
export interface McpListing {
  /** Bounded, and each name once. */
  readonly tools: readonly McpTool[];
  /** One sentence for each tool that is left out: no usable name, schema or description. */
  readonly faults: readonly string[];
  /** What the server calls itself: foreign. */
  readonly title: string;
  /**
   * Runs a tool by the server's own name. `undefined` when this listing no longer holds; then nothing was sent. An expected failure, an
   * answer that is none and a server that broke are outputs with outcome `failed`. On abort the server is told, and the signal's reason is
   * thrown at once. `vault/locked` is thrown.
   */
  call(name: string, args: JsonObject, signal: AbortSignal, progress: (text: string) => void): Promise<ToolOutput | undefined>;
}

/** An MCP server that can be used. Nothing of it runs, and nothing is sent to it, before `listing` is first asked for. */
export interface OpenMcpServer {
  /**
   * The tools as they are now; starts the server (anew, after a crash) or connects when that is needed. `mcp/unreachable` with what is wrong
   * in words, `mcp/auth` when its credentials are refused, `vault/locked`, `not-found` for a secret that is not in the vault.
   */
  listing(signal: AbortSignal): Promise<McpListing>;
  /** Ends it and everything that it started; idempotent. */
  close(): Promise<void>;
}

/** Runs and reaches MCP servers. */
export interface McpHost {
  open(server: McpServer, desk: McpDesk): OpenMcpServer;
  /** How strictly this machine keeps in a server that is a program: `bwrap`, or else not at all (`plain`), with the reason. */
  tier(): Promise<SandboxTier>;
}
