import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { McpAddress, McpProgram } from '../src/core/domain/mcp-server.js';
import { FOREIGN, nodeProgram } from '../test/support/mcp-servers/foreign-servers.js';
import { addressOf, startHttpServer } from '../test/support/mcp-servers/http-server.js';
import { mcpPerson, reading } from '../test/support/mcp-servers/mcp-person.js';
import type { Benchmark, Figure } from './figure.js';
import { median, quantile } from './statistics.js';

const CALLS = 300;
/** The gate is the same code for all tools: it is measured as it is in a chat that has been going on for a while. */
const WARM_UP = 300;
const ARGUMENTS = { message: 'hello' };

/** What a call of an MCP server costs through the gate, over the official client alone on the same server; and the first call, with the start. */
export const mcp: Benchmark = {
  name: 'mcp',
  async run({ runs }) {
    const http = await startHttpServer(FOREIGN.everything, ['streamableHttp']);
    try {
      const program = nodeProgram(FOREIGN.everything);
      const bare = (): Transport => new StdioClientTransport({ command: program.command, args: [...program.args], stderr: 'ignore' });
      const figures = [
        await calls('stdio', program, bare()),
        await calls('HTTP', addressOf(http.url), new StreamableHTTPClientTransport(new URL(http.url)) as Transport),
        ...(await firstCalls(program, bare, Math.min(runs, 11))),
      ];
      return figures;
    } finally {
      await http.stop();
    }
  },
};

async function calls(way: string, reach: McpProgram | McpAddress, transport: Transport): Promise<Figure> {
  const person = await mcpPerson();
  const client = new Client({ name: 'bench', version: '1.0.0' });
  try {
    await person.add('everything', reach);
    await person.classify('everything', { echo: reading() });
    await client.connect(transport);
    const gate: number[] = [];
    const own: number[] = [];
    const alone: number[] = [];
    for (let turn = -WARM_UP; turn < CALLS; turn += 1) {
      const between = await timed(() => client.callTool({ name: 'echo', arguments: ARGUMENTS }));
      const through = await timed(async () => {
        const { outcome, text } = await person.call('everything.echo', ARGUMENTS);
        if (outcome !== 'ok') throw new Error(`the server did not answer: ${text}`);
      });
      // What of it the gate takes for every tool: two entries in the log, each of them on the disk before it goes on.
      const ownTool = await timed(() => person.call('memory.list'));
      if (turn < 0) continue;
      alone.push(between);
      gate.push(through);
      own.push(ownTool);
    }
    const differences = gate.map((took, index) => took - (alone[index] ?? 0));
    const { tier } = await person.pyra.mcp.tier();
    const detail = {
      calls: CALLS,
      tier,
      gateMs: round(median(gate)),
      bareMs: round(median(alone)),
      ownToolMs: round(median(own)),
      p95: round(quantile(differences, 0.95)),
    };
    const name = `an MCP call over ${way}, through the gate over the bare client, median`;
    return { name, value: median(differences), unit: 'ms', target: { most: 3 }, detail };
  } finally {
    await client.close();
    await person.stop();
  }
}

async function firstCalls(program: McpProgram, bare: () => Transport, runs: number): Promise<readonly Figure[]> {
  const person = await mcpPerson();
  try {
    await person.add('everything', program);
    await person.classify('everything', { echo: reading() });
    const ours: number[] = [];
    const alone: number[] = [];
    for (let turn = -1; turn < runs; turn += 1) {
      const client = new Client({ name: 'bench', version: '1.0.0' });
      const between = await timed(async () => {
        await client.connect(bare());
        // Both know the tools before they call one.
        await client.listTools();
        await client.callTool({ name: 'echo', arguments: ARGUMENTS });
      });
      await client.close();
      await person.restart();
      const through = await timed(() => person.call('everything.echo', ARGUMENTS));
      if (turn < 0) continue;
      alone.push(between);
      ours.push(through);
    }
    const detail = { runs, tier: (await person.pyra.mcp.tier()).tier, bareMs: round(median(alone)), p95: round(quantile(ours, 0.95)) };
    const name = "an MCP server's first call with its start, through the gate";
    return [{ name, value: median(ours), unit: 'ms', detail }];
  } finally {
    await person.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
