import { join } from 'node:path';
import { ContainerModule } from 'inversify';
import type { McpAddress, McpServer } from '../../core/domain/mcp-server.js';
import type { McpDesk } from '../../ports/mcp-host.js';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';
import type { ConnectsServer } from './server-connection.js';

/** What runs and reaches MCP servers. Nothing of it is loaded before a server is looked at, and the SDK not before one is started. */
export const mcpModule = new ContainerModule(({ bind }) => {
  provide(
    bind,
    tokens.mcpHost,
    [tokens.homePath, tokens.system, tokens.redactor, tokens.environment],
    async (home, system, redactor, environment) => {
      const { SdkMcpHost } = await import('./sdk-mcp-host.js');
      const { ProgramLauncher } = await import('./program-launcher.js');
      const { ProviderErrorLog } = await import('../support/provider-error-log.js');
      const redact = (text: string): string => redactor.redact(text);
      return new SdkMcpHost({
        launcher: new ProgramLauncher({ home }),
        address: (server, desk) => addressConnector(server, desk, environment),
        session: async () => {
          const { ClientSession } = await import('./client-session.js');
          return (connection, parts) => new ClientSession(connection, parts);
        },
        system,
        redact,
        log: new ProviderErrorLog({ path: join(homePaths(home).logs, 'mcp_errors.log'), system, redact }),
      });
    },
  );
});

/** Loads what speaks HTTP when it connects. */
function addressConnector(
  { name, reach: address }: McpServer & { readonly reach: McpAddress },
  desk: McpDesk,
  environment: Readonly<Record<string, string | undefined>>,
): ConnectsServer {
  return {
    connect: async (signal) => {
      const { AddressConnector } = await import('./address-connection.js');
      return new AddressConnector({ name, address, desk, environment }).connect(signal);
    },
  };
}
