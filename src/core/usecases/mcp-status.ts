import type { SecretName, ToolName } from '../domain/identifiers.js';
import type { McpServerStatus, McpToolStatus } from '../domain/mcp-inspection.js';
import type { McpRecord, McpServer, McpTool } from '../domain/mcp-server.js';
import { mcpToolClass } from '../domain/mcp-tool-definition.js';
import { mapToolNames } from '../domain/mcp-tool-names.js';
import { scanMcpTool } from '../domain/mcp-tool-scan.js';
import type { McpPorts } from './mcp-ports.js';
import { recordFaults } from './mcp-record-faults.js';
import { mcpSecretNames } from './mcp-secrets.js';
import { fittingClasses } from './mcp-tool-fitness.js';

/** How a configured server stands: its record, its tools, its secrets. Starts nothing; looks at everything, so it is for lists alone. */
export async function mcpServerStatus(ports: Pick<McpPorts, 'records' | 'secrets'>, server: McpServer): Promise<McpServerStatus> {
  const record = await (await ports.records()).load(server.name);
  const missing = await missingSecrets(ports, server);
  const faults = [
    ...recordFaults(server, record),
    ...missing.map((name) => `the secret ${name} is not in the vault (pyra vault set ${name})`),
  ];
  return { server, record, state: stateOf(record, missing), faults, tools: toolStatuses(server, record) };
}

/** The secrets that the settings of a server name and the vault has not. */
export async function missingSecrets({ secrets }: Pick<McpPorts, 'secrets'>, server: McpServer): Promise<readonly SecretName[]> {
  const named = mcpSecretNames(server);
  if (named.length === 0) return [];
  const there = await secrets.names();
  return named.filter((name) => !there.includes(name));
}

function stateOf({ seen, unseen, blocked }: McpRecord, missing: readonly SecretName[]): McpServerStatus['state'] {
  if (blocked !== undefined) return 'blocked';
  if (missing.length > 0) return 'needs secrets';
  if (seen.length === 0) return 'not seen';
  return unseen.length > 0 || seen.some(({ changed }) => changed !== undefined) ? 'changed' : 'ready';
}

function toolStatuses(given: McpServer, { seen, unseen }: McpRecord): readonly McpToolStatus[] {
  const { server } = fittingClasses(given, seen);
  const status = (verb: string, tool: McpTool, state: McpToolStatus['state']): McpToolStatus => ({
    verb,
    name: `${server.name}.${verb}` as ToolName,
    tool,
    class: mcpToolClass(server, verb),
    classified: Object.hasOwn(server.tools, verb),
    state,
    findings: scanMcpTool(tool),
  });
  const known = seen.map(({ verb, tool, changed }) =>
    status(verb, tool, changed === undefined ? 'offered' : changed === 'gone' ? 'gone' : 'changed'),
  );
  const others = mapToolNames(server.name, unseen)
    .mapped.filter(({ verb }) => !seen.some((one) => one.verb === verb))
    .map(({ verb, tool }) => status(verb, tool, 'unseen'));
  return [...known, ...others].sort((one, other) => (one.verb < other.verb ? -1 : 1));
}
