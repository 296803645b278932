import type { McpDesk, McpListing } from '../../ports/mcp-host.js';
import type { InspectedMcpTool, McpInspection } from '../domain/mcp-inspection.js';
import type { McpRecord, McpServer } from '../domain/mcp-server.js';
import { scanMcpTool } from '../domain/mcp-tool-scan.js';
import { type ListedMcpTool, type ListedMcpTools, listedTools } from './mcp-comparison.js';
import type { McpPorts } from './mcp-ports.js';

/** What is known of a server that nobody has looked at. */
export const NOTHING_SEEN: McpRecord = { seen: [], unseen: [] };

/** What a server that was started to be looked at lists. */
export interface LookedServer {
  readonly title: string;
  readonly listed: ListedMcpTools;
}

/** Starts a server, sees what it lists, and ends it. Throws what the host throws. */
export async function lookAtServer(ports: McpPorts, server: McpServer, desk: McpDesk, signal: AbortSignal): Promise<LookedServer> {
  const open = (await ports.host()).open(server, desk);
  try {
    const listing: McpListing = await open.listing(signal);
    const { tools, faults } = listedTools(server.name, listing.tools, (text) => ports.system.digest(text));
    return { title: listing.title, listed: { tools, faults: [...listing.faults, ...faults] } };
  } finally {
    await open.close();
  }
}

/** What a look found, against what the person has seen before. */
export function inspectionOf(server: McpServer, { title, listed }: LookedServer, { seen }: McpRecord): McpInspection {
  const tools = [...listed.tools.values()].map((one) => inspectedTool(one, seen));
  return {
    server,
    title,
    tools: tools.sort((one, other) => (one.verb < other.verb ? -1 : 1)),
    gone: seen.filter(({ verb }) => !listed.tools.has(verb)).map(({ verb }) => verb),
    faults: listed.faults,
  };
}

function inspectedTool({ verb, tool, digest }: ListedMcpTool, seen: McpRecord['seen']): InspectedMcpTool {
  const before = seen.find((one) => one.verb === verb);
  const found = { verb, tool, digest, findings: scanMcpTool(tool) };
  if (before === undefined) return { ...found, state: 'new' };
  return before.digest === digest ? { ...found, state: 'same' } : { ...found, state: 'changed', before: before.tool };
}
