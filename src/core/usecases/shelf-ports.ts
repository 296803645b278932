import type { AuditLog } from '../../ports/audit-log.js';
import type { PluginHost } from '../../ports/plugin-host.js';
import type { PluginLibrary, PluginSettingsStore } from '../../ports/plugin-library.js';
import type { SchemaChecker } from '../../ports/schema-checker.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { SecretStore } from '../../ports/vault.js';
import type { Redactor } from '../domain/redaction.js';

/** Gives something that is made when it is first needed. */
export type Lazy<T> = () => Promise<T>;

/** What the shelf works with. What a start does not need is made when it is needed. */
export interface ShelfPorts {
  readonly library: Lazy<PluginLibrary>;
  readonly store: Lazy<PluginSettingsStore>;
  readonly host: Lazy<PluginHost>;
  readonly checker: SchemaChecker;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly audit: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
}
