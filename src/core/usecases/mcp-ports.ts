import type { AuditLog } from '../../ports/audit-log.js';
import type { McpHost } from '../../ports/mcp-host.js';
import type { McpRecords } from '../../ports/mcp-records.js';
import type { SchemaChecker } from '../../ports/schema-checker.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { SecretStore } from '../../ports/vault.js';
import type { Redactor } from '../domain/redaction.js';
import type { Lazy } from './shelf-ports.js';

/** What MCP servers are kept and used with. What a start does not need is made when it is needed. */
export interface McpPorts {
  readonly records: Lazy<McpRecords>;
  readonly host: Lazy<McpHost>;
  readonly checker: SchemaChecker;
  readonly settings: SettingsStore;
  /** Tells the redactor what it gives. */
  readonly secrets: SecretStore;
  readonly audit: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
  /** Names that no server may have: Pyra's own providers and the installed plugins. */
  readonly takenNames: () => Promise<readonly string[]>;
}
