import type { Bind } from 'inversify';
import type { Redactor } from './core/domain/redaction.js';
import type { Settings } from './core/domain/settings.js';
import type { AuditLog } from './ports/audit-log.js';
import type { ConversationStore } from './ports/conversation-store.js';
import type { Home } from './ports/home.js';
import type { ModelCatalog } from './ports/language-model.js';
import type { McpHost } from './ports/mcp-host.js';
import type { McpRecords } from './ports/mcp-records.js';
import type { MemoryStore } from './ports/memory-store.js';
import type { PluginHost } from './ports/plugin-host.js';
import type { PluginLibrary, PluginSettingsStore } from './ports/plugin-library.js';
import type { SchemaChecker } from './ports/schema-checker.js';
import type { SecretDetector } from './ports/secret-detector.js';
import type { SettingsStore } from './ports/settings-store.js';
import type { System } from './ports/system.js';
import type { UnlockAgent } from './ports/unlock-agent.js';
import type { AskPassphrase, SecretReader, SecretStore, VaultLock } from './ports/vault.js';

/** Names a value in the container and carries its type, so that wrong wiring does not compile. */
export type Token<T> = symbol & { readonly __value?: T };

/** What a factory is given for a list of tokens. */
export type Resolved<D extends readonly Token<unknown>[]> = { readonly [K in keyof D]: D[K] extends Token<infer T> ? T : never };

/** Makes a token; `name` is shown when nothing is bound to it. */
export function token<T>(name: string): Token<T> {
  return Symbol(name) as Token<T>;
}

/**
 * Binds a token to a factory that is called once, with the values of `dependencies`, when the token is first asked for.
 * The factory may be asynchronous: adapters are imported inside it.
 */
export function provide<T, const D extends readonly Token<unknown>[]>(
  bind: Bind,
  what: Token<T>,
  dependencies: D,
  factory: (...values: Resolved<D>) => T | Promise<T>,
): void {
  const resolve = factory as (...values: unknown[]) => unknown;
  bind<unknown>(what)
    .toResolvedValue(resolve, [...dependencies] as symbol[])
    .inSingletonScope();
}

/** Gives the key of the audit log's seals while the vault is open; a vault sets it when it is made. */
export interface AuditSeal {
  key: () => Promise<Uint8Array | undefined>;
}

/** The tokens of the ports, and of the few plain values that adapters are made from. */
export const tokens = {
  /** The absolute path of the home. */
  homePath: token<string>('home path'),
  /** The environment that adapters may read; a script can pass its own. */
  environment: token<Readonly<Record<string, string | undefined>>>('environment'),
  /** How the passphrase is asked for when a secret is needed. */
  askPassphrase: token<AskPassphrase>('AskPassphrase'),
  settings: token<Settings>('settings'),
  /** Where the audit log finds the key of its seals: the vault puts it there, since the vault itself writes to the log. */
  auditSeal: token<AuditSeal>('AuditSeal'),
  auditLog: token<AuditLog>('AuditLog'),
  conversations: token<ConversationStore>('ConversationStore'),
  home: token<Home>('Home'),
  mcpHost: token<McpHost>('McpHost'),
  mcpRecords: token<McpRecords>('McpRecords'),
  memoryStore: token<MemoryStore>('MemoryStore'),
  models: token<ModelCatalog>('ModelCatalog'),
  pluginHost: token<PluginHost>('PluginHost'),
  pluginLibrary: token<PluginLibrary>('PluginLibrary'),
  pluginSettings: token<PluginSettingsStore>('PluginSettingsStore'),
  /** Takes every secret that was released out of what is written down or shown. */
  redactor: token<Redactor>('Redactor'),
  schemaChecker: token<SchemaChecker>('SchemaChecker'),
  secretDetector: token<SecretDetector>('SecretDetector'),
  settingsStore: token<SettingsStore>('SettingsStore'),
  /** The secrets that adapters may read, known to the redactor. */
  secrets: token<SecretReader>('SecretReader'),
  system: token<System>('System'),
  unlockAgent: token<UnlockAgent>('UnlockAgent'),
  vault: token<SecretStore & VaultLock>('vault'),
} as const;
