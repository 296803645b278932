import type { AuditLog } from '../../ports/audit-log.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import type { Home } from '../../ports/home.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { SecretStore, VaultLock } from '../../ports/vault.js';

/** Everything that a front-end or a script may use of one Pyra. */
export interface Pyra {
  readonly conversations: ConversationStore;
  readonly vault: SecretStore & VaultLock;
  readonly models: ModelCatalog;
  readonly settings: SettingsStore;
  readonly home: Home;
  readonly log: AuditLog;
  readonly system: System;
  /** Frees what it holds; idempotent. */
  close(): Promise<void>;
}
