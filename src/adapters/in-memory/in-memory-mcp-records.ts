import type { McpRecord, McpServerName } from '../../core/domain/mcp-server.js';
import type { McpRecords } from '../../ports/mcp-records.js';

/** Records of MCP servers that live as long as this object. */
export class InMemoryMcpRecords implements McpRecords {
  readonly #records = new Map<McpServerName, McpRecord>();

  async load(name: McpServerName): Promise<McpRecord> {
    return this.#now(name);
  }

  async update(name: McpServerName, change: (now: McpRecord) => McpRecord): Promise<McpRecord> {
    this.#records.set(name, structuredClone(change(this.#now(name))));
    return this.#now(name);
  }

  async remove(name: McpServerName): Promise<boolean> {
    return this.#records.delete(name);
  }

  #now(name: McpServerName): McpRecord {
    return structuredClone(this.#records.get(name) ?? { seen: [], unseen: [] });
  }
}
