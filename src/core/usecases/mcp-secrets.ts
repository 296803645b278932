import type { SecretName } from '../domain/identifiers.js';
import type { McpServer } from '../domain/mcp-server.js';

/** The secrets that the settings of a server name, each once, sorted. */
export function mcpSecretNames({ reach }: McpServer): readonly SecretName[] {
  const values = Object.values(reach.kind === 'program' ? reach.env : reach.headers);
  return [...new Set(values.flatMap(({ secret }) => (secret === undefined ? [] : [secret])))].sort();
}
