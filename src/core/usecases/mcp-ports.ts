import type { McpHost } from '../../ports/mcp-host.js';
import type { McpRecords } from '../../ports/mcp-records.js';
import type { Lazy, ShelfPorts } from './shelf-ports.js';

/** What MCP servers are kept and used with. What a start does not need is made when it is needed. */
export interface McpPorts extends Pick<ShelfPorts, 'checker' | 'settings' | 'secrets' | 'audit' | 'system' | 'redactor'> {
  readonly records: Lazy<McpRecords>;
  readonly host: Lazy<McpHost>;
  /** The names of the installed plugins, which no server may have. */
  readonly pluginNames: () => Promise<readonly string[]>;
}
