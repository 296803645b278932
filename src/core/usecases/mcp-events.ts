import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { JsonObject } from '../domain/json.js';

/** What the security log says about MCP servers. */
export type McpEvent = 'mcp-added' | 'mcp-removed' | 'mcp-classified' | 'mcp-accepted' | 'mcp-changed' | 'mcp-blocked' | 'mcp-start-set';

/** Writes down what was done with an MCP server, or seen of it: names and digests, never a value, an argument or a header. */
export async function recordMcpEvent(
  { audit, system }: { readonly audit: AuditLog; readonly system: System },
  event: McpEvent,
  detail: JsonObject,
): Promise<void> {
  await audit.append({ log: 'security', event, at: system.now(), detail });
}
