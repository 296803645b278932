import type { AuditLog } from '../../ports/audit-log.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import type { Home } from '../../ports/home.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { UnlockAgent } from '../../ports/unlock-agent.js';
import type { SecretStore, VaultLock } from '../../ports/vault.js';
import type { Finding } from '../domain/finding.js';
import type { Redactor } from '../domain/redaction.js';
import type { Assistant } from './assistant.js';
import type { McpShelf } from './mcp-shelf.js';
import type { MemoryKeeper } from './memory-keeper.js';
import type { PluginShelf } from './plugin-shelf.js';
import type { ToolGate } from './tool-gate.js';
import type { Toolbox } from './toolbox.js';

/** The driving side: everything that a front-end or a script may use of one Pyra. None of it is an adapter's own type. */
export interface Pyra {
  readonly assistant: Assistant;
  /** Runs single calls; the only way to a tool. */
  readonly gate: ToolGate;
  /** What can be called. It lists tools and gives none of them out: only the gate reaches a provider. */
  readonly toolbox: Pick<Toolbox, 'definitions' | 'faults'>;
  readonly memory: MemoryKeeper;
  readonly plugins: PluginShelf;
  readonly mcp: McpShelf;
  readonly conversations: ConversationStore;
  readonly vault: SecretStore & VaultLock;
  readonly unlockAgent: UnlockAgent;
  readonly models: ModelCatalog;
  readonly settings: SettingsStore;
  readonly home: Home;
  readonly log: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
  /** What was repaired in the home at the start. */
  readonly repaired: readonly Finding[];
  /**
   * Starts the MCP servers that the person wants running from the start, in the background; resolves when nothing of it asks the person for
   * anything any more, and never rejects. For front-ends that stay.
   */
  warm(signal: AbortSignal): Promise<{ readonly started: Promise<void> }>;
  /** Frees what it holds; idempotent. */
  close(): Promise<void>;
}
