import 'reflect-metadata';
import { Container } from 'inversify';
import { ageModule } from './adapters/age/module.js';
import { filesystemModule } from './adapters/filesystem/module.js';
import { InMemorySettingsStore } from './adapters/in-memory/in-memory-settings-store.js';
import { jsonSchemaModule } from './adapters/json-schema/module.js';
import { mcpModule } from './adapters/mcp/module.js';
import { openaiModule } from './adapters/openai/module.js';
import { pluginsModule } from './adapters/plugins/module.js';
import { secretPatternsModule } from './adapters/secret-patterns/module.js';
import { settingsModule } from './adapters/settings/module.js';
import { homeFolder } from './adapters/support/home-folder.js';
import { systemModule } from './adapters/support/module.js';
import { configuredModel } from './core/domain/configured-model.js';
import { PyraError } from './core/domain/errors.js';
import type { Finding } from './core/domain/finding.js';
import type { ModelRef } from './core/domain/model.js';
import { Redactor } from './core/domain/redaction.js';
import type { Settings } from './core/domain/settings.js';
import { Assistant } from './core/usecases/assistant.js';
import type { Foundation } from './core/usecases/foundation.js';
import type { McpPorts } from './core/usecases/mcp-ports.js';
import { McpShelf } from './core/usecases/mcp-shelf.js';
import { McpTools } from './core/usecases/mcp-tools.js';
import { MemoryKeeper } from './core/usecases/memory-keeper.js';
import { MemoryTools } from './core/usecases/memory-tools.js';
import { DeclaredDesk } from './core/usecases/plugin-desk.js';
import { PluginShelf } from './core/usecases/plugin-shelf.js';
import { PluginTools } from './core/usecases/plugin-tools.js';
import type { Pyra } from './core/usecases/pyra.js';
import { RedactingVault } from './core/usecases/redacting-vault.js';
import { ResultTools } from './core/usecases/result-tools.js';
import { RetryingModel } from './core/usecases/retrying-model.js';
import type { ShelfPorts } from './core/usecases/shelf-ports.js';
import { SystemPrompt } from './core/usecases/system-prompt.js';
import { ToolGate } from './core/usecases/tool-gate.js';
import { Toolbox } from './core/usecases/toolbox.js';
import type { AuditLog } from './ports/audit-log.js';
import type { ConversationStore } from './ports/conversation-store.js';
import type { LanguageModel, ModelCatalog } from './ports/language-model.js';
import type { McpHost } from './ports/mcp-host.js';
import type { McpRecords } from './ports/mcp-records.js';
import type { MemoryStore } from './ports/memory-store.js';
import type { System } from './ports/system.js';
import type { ToolProvider } from './ports/tool-provider.js';
import type { AskPassphrase, SecretStore, VaultLock } from './ports/vault.js';
import { type Token, tokens } from './tokens.js';

/** Parts that a script brings itself, each instead of Pyra's own. */
export interface PyraParts {
  readonly model?: LanguageModel;
  readonly vault?: SecretStore & VaultLock;
  readonly memory?: MemoryStore;
  readonly conversations?: ConversationStore;
  /** Tools besides Pyra's own. They run in this process: pass only what you trust. Their results count as external text. */
  readonly tools?: readonly ToolProvider[];
  /** Settings instead of those in `config.yaml`. */
  readonly settings?: Settings;
}

/** How a Pyra is made. */
export interface PyraOptions {
  /** The home folder; that of the environment when absent: `PYRA_HOME`, else `~/.pyra`. */
  readonly home?: string;
  /** A profile of the home that the environment names; not together with `home`. */
  readonly profile?: string;
  /** The environment to read; that of the process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How the vault's passphrase is asked for when a secret is needed; nobody is asked when absent. */
  readonly askPassphrase?: AskPassphrase;
  /** The most time for one model request in seconds, instead of that of the settings. */
  readonly timeoutSeconds?: number;
  readonly with?: PyraParts;
}

/**
 * Makes a Pyra on a home: prepares the home, reads the settings, wires the adapters. Nothing is contacted and the vault is not opened
 * before something needs it. Every call makes a Pyra of its own; two of them share nothing.
 * @throws PyraError `home/insecure`, `vault/absent`, `settings/invalid`
 */
export async function createPyra(options: PyraOptions = {}): Promise<Pyra> {
  const parts = options.with ?? {};
  const container = containerFor(options);
  const get = <T>(what: Token<T>): Promise<T> => container.getAsync<T>(what);

  const home = await get(tokens.home);
  const repaired = await home.prepare();
  const settingsStore = await get(tokens.settingsStore);
  const settings = withTimeout(parts.settings ?? (await settingsStore.load()), options.timeoutSeconds);
  container.bind(tokens.settings).toConstantValue(settings);

  const system = await get(tokens.system);
  const log = await get(tokens.auditLog);
  await recordRepairs(repaired, log, system);
  const redactor = new Redactor(await get(tokens.secretDetector));
  container.bind(tokens.redactor).toConstantValue(redactor);
  const vault = new RedactingVault(await get(tokens.vault), redactor);
  container.bind(tokens.secrets).toConstantValue(vault);
  const conversations = await get(tokens.conversations);
  const models = await get(tokens.models);
  const memory = new MemoryKeeper({ store: await get(tokens.memoryStore), system, redactor });
  const shelfPorts = await shelfPortsOf(container, {
    settings: parts.settings === undefined ? settingsStore : new InMemorySettingsStore(parts.settings),
    secrets: vault,
    redactor,
  });
  const plugins = new PluginShelf(shelfPorts);
  const pluginTools = new PluginTools({
    ...shelfPorts,
    enabled: async () => (await shelfPorts.settings.load()).plugins.enabled,
    desk: ({ manifest }) => new DeclaredDesk(manifest, shelfPorts),
  });
  const mcpPorts = mcpPortsOf(container, shelfPorts);
  const mcpTools = new McpTools(mcpPorts);
  const toolbox = new Toolbox([new MemoryTools(memory), new ResultTools(conversations)], parts.tools ?? [], pluginTools, mcpTools);
  const gate = new ToolGate({ toolbox, checker: shelfPorts.checker, audit: log, system, redactor, settings });
  const assistant = new Assistant({
    model: async (ref) =>
      parts.model ?? new RetryingModel(await models.open(ref ?? modelOf(settings)), system, settings.ai.timeout_seconds * 1000),
    conversations,
    toolbox,
    gate,
    system,
    prompt: new SystemPrompt(memory, settings.memory.auto_load ? settings.memory.max_tokens_in_context : 0, plugins),
    redactor,
    audit: log,
    settings,
  });
  return {
    assistant,
    plugins,
    mcp: new McpShelf(mcpPorts),
    warm: (signal) => mcpTools.warm(signal),
    gate,
    toolbox: { definitions: () => toolbox.definitions(), faults: () => toolbox.faults() },
    memory,
    conversations,
    vault,
    unlockAgent: await get(tokens.unlockAgent),
    models,
    settings: settingsStore,
    home,
    log,
    system,
    redactor,
    repaired,
    close: once(async () => {
      await toolbox.close();
      await container.unbindAllAsync();
    }),
  };
}

/** Opens only what works on a home as it is: nothing is prepared, repaired or read. */
export async function openFoundation(options: PyraOptions = {}): Promise<Foundation> {
  const container = containerFor(options);
  const get = <T>(what: Token<T>): Promise<T> => container.getAsync<T>(what);
  const vault = await get(tokens.vault);
  const catalogs: Container[] = [];
  const settings = await get(tokens.settingsStore);
  const redactor = new Redactor();
  container.bind(tokens.redactor).toConstantValue(redactor);
  const shelfPorts = await shelfPortsOf(container, { settings, secrets: new RedactingVault(vault, redactor), redactor });
  return {
    home: await get(tokens.home),
    settings,
    vault,
    unlockAgent: await get(tokens.unlockAgent),
    log: await get(tokens.auditLog),
    system: await get(tokens.system),
    plugins: new PluginShelf(shelfPorts),
    mcp: new McpShelf(mcpPortsOf(container, shelfPorts)),
    models: (settings): Promise<ModelCatalog> => {
      const catalog = new Container({ parent: container, jitless: true });
      catalogs.push(catalog);
      catalog.bind(tokens.settings).toConstantValue(settings);
      catalog.bind(tokens.secrets).toConstantValue(vault);
      catalog.load(openaiModule);
      return catalog.getAsync<ModelCatalog>(tokens.models);
    },
    close: once(async () => {
      for (const one of [...catalogs, container]) await one.unbindAllAsync();
    }),
  };
}

/** What the shelf of plugins works with; what only plugins need is made when it is first needed. `secrets` must tell `redactor` what they give. */
async function shelfPortsOf(container: Container, parts: Pick<ShelfPorts, 'settings' | 'secrets' | 'redactor'>): Promise<ShelfPorts> {
  const get = <T>(what: Token<T>): Promise<T> => container.getAsync<T>(what);
  return {
    library: () => get(tokens.pluginLibrary),
    store: () => get(tokens.pluginSettings),
    host: () => get(tokens.pluginHost),
    checker: await get(tokens.schemaChecker),
    audit: await get(tokens.auditLog),
    system: await get(tokens.system),
    ...parts,
  };
}

/** What MCP servers are kept and used with, made when it is first needed. */
function mcpPortsOf(container: Container, { library, ...shared }: ShelfPorts): McpPorts {
  return {
    ...shared,
    records: () => container.getAsync<McpRecords>(tokens.mcpRecords),
    host: () => container.getAsync<McpHost>(tokens.mcpHost),
    pluginNames: async () => (await (await library()).list()).map(({ manifest }) => manifest.name),
  };
}

/** A container that knows how to make every adapter, and has made none yet. */
function containerFor(options: PyraOptions): Container {
  const { with: parts = {}, environment = process.env } = options;
  const container = new Container({ jitless: true });
  container.bind(tokens.homePath).toConstantValue(options.home ?? homeFolder(environment, options.profile));
  container.bind(tokens.environment).toConstantValue(environment);
  container.bind(tokens.askPassphrase).toConstantValue(options.askPassphrase ?? (async () => undefined));
  container.load(
    systemModule,
    filesystemModule,
    settingsModule,
    ageModule,
    openaiModule,
    secretPatternsModule,
    jsonSchemaModule,
    pluginsModule,
    mcpModule,
  );
  replace(container, tokens.vault, parts.vault);
  const { vault } = parts;
  if (isSealing(vault)) container.rebind(tokens.auditSeal).toConstantValue({ key: () => vault.sealKey() });
  replace(container, tokens.memoryStore, parts.memory);
  replace(container, tokens.conversations, parts.conversations);
  return container;
}

/** Whether a vault also keeps the key of the audit log's seals, as that of a foundation does. */
function isSealing(vault: object | undefined): vault is { sealKey(): Promise<Uint8Array | undefined> } {
  return vault !== undefined && 'sealKey' in vault;
}

/** Puts a script's own part in the place of Pyra's. */
function replace<T>(container: Container, what: Token<T>, part: T | undefined): void {
  if (part !== undefined) container.rebind<T>(what).toConstantValue(part);
}

function withTimeout(settings: Settings, seconds: number | undefined): Settings {
  return seconds === undefined ? settings : { ...settings, ai: { ...settings.ai, timeout_seconds: seconds } };
}

function modelOf(settings: Settings): ModelRef {
  const model = configuredModel(settings);
  if (model === undefined) {
    throw new PyraError('settings/invalid', 'no model is configured yet', {
      hint: 'run `pyra setup`, or `pyra demo` to look around without a model',
    });
  }
  return model;
}

async function recordRepairs(repaired: readonly Finding[], log: AuditLog, system: System): Promise<void> {
  for (const { label, message } of repaired) await log.append({ log: 'security', event: label, at: system.now(), detail: { message } });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
