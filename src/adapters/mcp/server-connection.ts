import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** Why a connection is over, in words behind the server's name, such as `ended with exit code 1`; `undefined` when Pyra closed it. */
export type ConnectionEnd = { readonly reason: string; readonly crash: boolean } | undefined;

/** One way to a running server: what the SDK's client is given, and how it ends. A process, or an HTTP session. */
export interface ServerConnection {
  readonly transport: Transport;
  /** Settles once, when nothing more comes; never rejects. `crash`: it counts towards being blocked. */
  readonly ended: Promise<ConnectionEnd>;
  /** Whether Pyra's process stays alive for it; it does from the start. */
  hold(alive: boolean): void;
  /** Ends it, and resolves when everything of it is gone; idempotent. */
  close(): Promise<void>;
}

/** Makes connections to one server. */
export interface ConnectsServer {
  /** `mcp/unreachable`, `mcp/auth`, `vault/locked`, `not-found` (a secret). */
  connect(signal: AbortSignal): Promise<ServerConnection>;
}
