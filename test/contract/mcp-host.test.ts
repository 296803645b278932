import { dirname, join } from 'node:path';
import { InMemoryMcpHost } from '../../src/adapters/in-memory/in-memory-mcp-host.js';
import { InMemoryOpenServer } from '../../src/adapters/in-memory/in-memory-open-server.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { AddressConnector } from '../../src/adapters/mcp/address-connection.js';
import { ClientSession } from '../../src/adapters/mcp/client-session.js';
import { OpenServer } from '../../src/adapters/mcp/open-server.js';
import { ProgramLauncher } from '../../src/adapters/mcp/program-launcher.js';
import { SdkMcpHost } from '../../src/adapters/mcp/sdk-mcp-host.js';
import type { McpServer, McpValue } from '../../src/core/domain/mcp-server.js';
import { mcpServer } from '../support/mcp/opened-server.js';
import { SAMPLE_SCRIPT, sampleServer } from '../support/mcp/sample-server.js';
import { SCRIPTED_SERVER, scriptedProgram } from '../support/mcp/scripted-server.js';
import { startSampleServer } from '../support/mcp-http/sample-http-server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { mcpHostContract } from './mcp-host.contract.js';

const server = (token?: McpValue): McpServer =>
  mcpServer(
    scriptedProgram(SAMPLE_SCRIPT, { read: [dirname(SCRIPTED_SERVER)], ...(token === undefined ? {} : { env: { TOKEN: token } }) }),
    'sample',
  );

mcpHostContract({
  name: `${InMemoryMcpHost.name} (${InMemoryOpenServer.name})`,
  create: async () => {
    const system = new InMemorySystem();
    return { port: new InMemoryMcpHost(system, sampleServer), system, server };
  },
});

for (const tier of ['bwrap', 'plain'] as const) {
  mcpHostContract({
    name: `${SdkMcpHost.name} (${OpenServer.name}, tier ${tier})`,
    needs: async (test) => {
      try {
        await new ProgramLauncher({ home: '/nowhere', tier }).tier();
      } catch (error) {
        console.error(`      the tier ${tier} does not work here: ${error instanceof Error ? error.message : error}`);
        test.skip();
      }
    },
    create: async () => {
      const folder = temporaryFolder();
      const system = new InMemorySystem();
      const port = new SdkMcpHost({
        launcher: new ProgramLauncher({ home: join(folder, 'home'), tier }),
        address: () => {
          throw new Error('no address is used here');
        },
        session: async () => (connection, parts) => new ClientSession(connection, parts),
        system,
        redact: (text) => text,
        log: { write: () => undefined, flush: async () => undefined },
      });
      return { port, system, server, dispose: async () => removeFolder(folder) };
    },
  });
}

mcpHostContract({
  name: `${SdkMcpHost.name} (${OpenServer.name}, over HTTP)`,
  crash: 'sent a message of more than 10 MB',
  create: async () => {
    const folder = temporaryFolder();
    const system = new InMemorySystem();
    const http = await startSampleServer(sampleServer);
    const port = new SdkMcpHost({
      launcher: new ProgramLauncher({ home: join(folder, 'home'), tier: 'plain' }),
      address: ({ name, reach: address }, desk) => new AddressConnector({ name, address, desk, environment: {} }),
      session: async () => (connection, parts) => new ClientSession(connection, parts),
      system,
      redact: (text) => text,
      log: { write: () => undefined, flush: async () => undefined },
    });
    return {
      port,
      system,
      server: (token) => mcpServer({ kind: 'address', url: http.url, headers: token === undefined ? {} : { TOKEN: token } }, 'sample'),
      dispose: async () => {
        await http.close();
        removeFolder(folder);
      },
    };
  },
});
