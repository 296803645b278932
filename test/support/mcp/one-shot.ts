import { ClientSession } from '../../../src/adapters/mcp/client-session.js';
import { ProgramLauncher } from '../../../src/adapters/mcp/program-launcher.js';
import { SdkMcpHost } from '../../../src/adapters/mcp/sdk-mcp-host.js';
import { NodeSystem } from '../../../src/adapters/support/node-system.js';
import { MemoryMcpDesk } from './memory-mcp-desk.js';
import { mcpServer } from './opened-server.js';
import { scriptedProgram } from './scripted-server.js';

// A process that calls a tool once and closes nothing: node one-shot.js HOME. It says what was answered, and in the end for how many megabytes it grew.
const host = new SdkMcpHost({
  launcher: new ProgramLauncher({ home: process.argv[2] ?? '', tier: 'plain' }),
  address: () => {
    throw new Error('no address is used here');
  },
  session: async () => (connection, parts) => new ClientSession(connection, parts),
  system: new NodeSystem(),
  redact: (text) => text,
  log: { write: () => undefined, flush: async () => undefined },
});
const reach = scriptedProgram({
  tools: [
    { name: 'echo' },
    {
      name: 'flood',
      run: async (_args, server) => {
        const piece = 'x'.repeat(1024 * 1024);
        for (;;) await server.write(piece);
      },
    },
  ],
});
const open = host.open(mcpServer(reach), new MemoryMcpDesk());
const signal = new AbortController().signal;
const listing = await open.listing(signal);
if (process.argv[3] === 'flood') {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 1);
  const output = await listing.call('flood', {}, signal, () => undefined);
  clearInterval(timer);
  console.log(JSON.stringify({ ...output, grown: Math.round((most - before) / 1024 / 1024) }));
} else console.log(JSON.stringify(await listing.call('echo', { a: 1 }, signal, () => undefined)));
