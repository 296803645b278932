import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { JsonObject } from '../domain/json.js';

/** What the security log says about plugins. */
type PluginEvent =
  | 'plugin-installed'
  | 'plugin-updated'
  | 'plugin-enabled'
  | 'plugin-disabled'
  | 'plugin-removed'
  | 'plugin-blocked'
  | 'plugin-setup'
  | 'plugin-account-removed'
  | 'plugin-secret-stored';

/** What it says about MCP servers. */
type McpEvent = 'mcp-added' | 'mcp-removed' | 'mcp-classified' | 'mcp-accepted' | 'mcp-changed' | 'mcp-blocked' | 'mcp-start-set';

/**
 * Writes down what was done with a plugin or an MCP server, or seen of it: names, versions and digests, never an answer, a value, an argument,
 * a header or a secret.
 */
export async function recordSecurityEvent(
  { audit, system }: { readonly audit: AuditLog; readonly system: System },
  event: PluginEvent | McpEvent,
  detail: JsonObject,
): Promise<void> {
  await audit.append({ log: 'security', event, at: system.now(), detail });
}
