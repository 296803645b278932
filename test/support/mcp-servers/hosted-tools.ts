import { join } from 'node:path';
import { FsMcpRecords } from '../../../src/adapters/filesystem/fs-mcp-records.js';
import { InMemoryAuditLog } from '../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemorySettingsStore } from '../../../src/adapters/in-memory/in-memory-settings-store.js';
import { InMemoryVault } from '../../../src/adapters/in-memory/in-memory-vault.js';
import { JsonSchemaChecker } from '../../../src/adapters/json-schema/json-schema-checker.js';
import { ClientSession } from '../../../src/adapters/mcp/client-session.js';
import { ProgramLauncher } from '../../../src/adapters/mcp/program-launcher.js';
import { SdkMcpHost } from '../../../src/adapters/mcp/sdk-mcp-host.js';
import { NodeSystem } from '../../../src/adapters/support/node-system.js';
import type { McpInspection } from '../../../src/core/domain/mcp-inspection.js';
import type { McpProgram, McpServer, McpServerName, McpToolClass } from '../../../src/core/domain/mcp-server.js';
import type { SandboxTier } from '../../../src/core/domain/plugin.js';
import { Redactor } from '../../../src/core/domain/redaction.js';
import { DEFAULT_SETTINGS } from '../../../src/core/domain/settings.js';
import type { McpPorts } from '../../../src/core/usecases/mcp-ports.js';
import { McpShelf } from '../../../src/core/usecases/mcp-shelf.js';
import { McpTools } from '../../../src/core/usecases/mcp-tools.js';
import type { ToolProvider } from '../../../src/ports/tool-provider.js';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';

/** MCP servers of a home of their own, run by the real host in the strongest sandbox here, without a gate around their tools. */
export interface HostedTools {
  readonly tier: SandboxTier;
  /** The only place where a server can write: its own folder. */
  folderOf(name: string): string;
  /** Looks at a server, takes all that it says as seen, and classifies its tools. */
  add(name: string, program: McpProgram, classes: Readonly<Record<string, McpToolClass>>): Promise<McpInspection>;
  /** The tools of a server as they are offered now; `undefined` when none is. */
  provider(name: string): Promise<ToolProvider | undefined>;
  /** Ends all servers; the next call starts them anew, as the next start of Pyra does. */
  restart(): Promise<void>;
  /** Ends everything and removes the home. */
  stop(): Promise<void>;
}

/** Makes such a home. */
export async function hostedTools(): Promise<HostedTools> {
  const root = temporaryFolder();
  const home = join(root, 'home');
  const system = new NodeSystem();
  const redactor = new Redactor();
  const host = new SdkMcpHost({
    launcher: new ProgramLauncher({ home }),
    address: () => {
      throw new Error('only programs are hosted here');
    },
    session: async () => (connection, parts) => new ClientSession(connection, parts),
    system,
    redact: (text) => redactor.redact(text),
    log: { write: () => undefined, flush: async () => undefined },
  });
  const records = new FsMcpRecords(home);
  const ports: McpPorts = {
    records: async () => records,
    host: async () => host,
    checker: new JsonSchemaChecker(() => import('@cfworker/json-schema')),
    settings: new InMemorySettingsStore(DEFAULT_SETTINGS),
    secrets: new InMemoryVault(),
    audit: new InMemoryAuditLog(),
    system,
    redactor,
    pluginNames: async () => [],
  };
  const shelf = new McpShelf(ports);
  let tools = new McpTools(ports);
  return {
    tier: await host.tier(),
    folderOf: (name) => join(home, 'mcp', name),
    async add(name, program, classes) {
      const server: McpServer = { name: name as McpServerName, reach: program, start: 'first-use', tools: {} };
      const seen = await shelf.inspect(server, new AbortController().signal);
      await shelf.add(server, seen);
      await shelf.classify(name, classes);
      return seen;
    },
    async provider(name) {
      const { providers } = await tools.look();
      return providers.find(({ id }) => id === (name as string));
    },
    async restart() {
      await tools.close();
      tools = new McpTools(ports);
    },
    async stop() {
      await tools.close();
      removeFolder(root);
    },
  };
}
