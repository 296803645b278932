import type { McpServer } from '../../core/domain/mcp-server.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import type { McpDesk, McpHost, OpenMcpServer } from '../../ports/mcp-host.js';
import type { System } from '../../ports/system.js';
import { type InMemoryMcpServer, InMemoryOpenServer } from './in-memory-open-server.js';

/** Runs MCP servers as functions in this process, for tests and for scripts that trust them; keeps nothing in. */
export class InMemoryMcpHost implements McpHost {
  readonly #system: Pick<System, 'now' | 'wait'>;
  readonly #load: (name: string) => InMemoryMcpServer;

  /** `load` gives a server by its name; called at each start, as a process would load it. */
  constructor(system: Pick<System, 'now' | 'wait'>, load: (name: string) => InMemoryMcpServer) {
    this.#system = system;
    this.#load = load;
  }

  open(server: McpServer, desk: McpDesk): OpenMcpServer {
    return new InMemoryOpenServer({ server, desk, system: this.#system, load: () => this.#load(server.name) });
  }

  async tier(): Promise<SandboxTier> {
    return { tier: 'plain', reason: 'MCP servers run in this process', networkEnforced: false };
  }
}
