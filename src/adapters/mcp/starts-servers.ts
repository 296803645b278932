import type { McpProgram, McpServerName } from '../../core/domain/mcp-server.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';

/** What a server's process is started with. */
export interface ServerLaunch {
  readonly name: McpServerName;
  readonly program: McpProgram;
  /** The values of its `env`, secrets among them: they go into the environment of the process and nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with the reason in words when a connection was refused, once for each reason; the server was told. */
  readonly refused: (why: string) => void;
}

/** Starts servers that are programs, kept in by bubblewrap where that works, else not at all. */
export interface StartsServers {
  /** Rejects with `mcp/unreachable` and what is wrong in words: a program, a script or a granted folder that is not there. */
  launch(request: ServerLaunch): Promise<LaunchedChild>;
  /** `bwrap`, or `plain` with the reason. */
  tier(): Promise<SandboxTier>;
}
