import type { McpRecord, McpServerName } from '../core/domain/mcp-server.js';

/** Keeps what is known of MCP servers besides their settings, where no server can change it. */
export interface McpRecords {
  /** An empty record when nothing is known, or when what is stored is damaged: then nothing was seen. */
  load(name: McpServerName): Promise<McpRecord>;
  /** Stores what `change` makes of the record as it is then, while nobody else stores anything; whole or not at all. Gives what was stored. */
  update(name: McpServerName, change: (now: McpRecord) => McpRecord): Promise<McpRecord>;
  /** Forgets a server with everything in its data folder; false when nothing was known. */
  remove(name: McpServerName): Promise<boolean>;
}
