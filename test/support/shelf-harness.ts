import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import type { InMemoryPlugin } from '../../src/adapters/in-memory/in-memory-open-plugin.js';
import { InMemoryPluginHost } from '../../src/adapters/in-memory/in-memory-plugin-host.js';
import { InMemoryPluginLibrary, type PluginMemory } from '../../src/adapters/in-memory/in-memory-plugin-library.js';
import { InMemoryPluginSettingsStore } from '../../src/adapters/in-memory/in-memory-plugin-settings-store.js';
import { InMemorySettingsStore } from '../../src/adapters/in-memory/in-memory-settings-store.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryVault } from '../../src/adapters/in-memory/in-memory-vault.js';
import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { PluginSource } from '../../src/core/domain/plugin.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { Secret } from '../../src/core/domain/secret.js';
import { DeclaredDesk } from '../../src/core/usecases/plugin-desk.js';
import { PluginShelf } from '../../src/core/usecases/plugin-shelf.js';
import { PluginTools } from '../../src/core/usecases/plugin-tools.js';
import { RedactingVault } from '../../src/core/usecases/redacting-vault.js';
import type { ShelfPorts } from '../../src/core/usecases/shelf-ports.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';

/** The manifest of a mail plugin with accounts, a secret, and something of everything. */
export const MAIL: JsonObject = {
  api: 1,
  name: 'mail',
  version: '1.0.0',
  description: 'Mail.',
  entry: 'plugin.js',
  accounts: true,
  secrets: ['*.password'],
  setup: [
    { key: 'address', label: 'Address', kind: 'text', check: { type: 'string', pattern: '@' } },
    { key: 'auth', label: 'How', kind: 'choice', choices: ['password', 'token'], default: 'password' },
    { key: 'password', label: 'Password', kind: 'secret', when: { auth: ['password'] } },
    { key: 'port', label: 'Port', kind: 'port', default: 993 },
    { key: 'tls', label: 'TLS', kind: 'boolean', default: true },
    { key: 'ca', label: 'CA', kind: 'file', optional: true, when: { tls: ['yes'] } },
  ],
  tools: [
    { name: 'search', description: 'Finds mail.', effect: 'read', approval: 'none', parameters: { type: 'object' } },
    {
      name: 'send',
      description: 'Sends.',
      effect: 'egress',
      destinations: ['to'],
      preview: true,
      parameters: { type: 'object', properties: { to: { type: 'string' } } },
    },
  ],
  commands: [
    { name: 'inbox', summary: 'new mail', tool: 'search', arguments: {} },
    { name: 'sum', summary: 'sum up', prompt: 'Sum up my mail.' },
  ],
  prompt: 'Mail: use mail.search.',
};

/** The code that belongs to {@link MAIL}. */
export function mailCode(): InMemoryPlugin {
  return {
    tools: {
      search: async (_args, { secrets, accounts }) =>
        `${(await secrets.get('main.password')) ?? 'no password'} ${(await secrets.get('main.token')) ?? 'no token'} ${Object.keys(accounts).join()}`,
      send: () => 'sent',
    },
    previews: { send: () => 'it will be sent' },
    check: (account, { progress }) => {
      progress('signing in');
      return `signed in as ${account}`;
    },
  };
}

/** A shelf with everything in memory around it; counts how often the library and the host were asked for. */
export function shelfHarness(files: ReadonlyMap<string, number> = new Map()) {
  const memory: PluginMemory = { installed: new Map(), settings: new Map() };
  const system = new InMemorySystem();
  const library = new InMemoryPluginLibrary(memory, () => system.now());
  const store = new InMemoryPluginSettingsStore(memory.settings, files);
  const audit = new InMemoryAuditLog();
  const settings = new InMemorySettingsStore();
  const redactor = new Redactor();
  const vault = new RedactingVault(new InMemoryVault(), redactor);
  const code = new Map<string, () => InMemoryPlugin>([['mail', mailCode]]);
  const asked = { library: 0, host: 0, started: 0 };
  const host = new InMemoryPluginHost(system, (name) => {
    asked.started += 1;
    return (code.get(name) ?? (() => ({ tools: {} })))();
  });
  const ports: ShelfPorts = {
    library: async () => {
      asked.library += 1;
      return library;
    },
    store: async () => store,
    host: async () => {
      asked.host += 1;
      return host;
    },
    checker: new JsonSchemaChecker(() => import('@cfworker/json-schema')),
    settings,
    secrets: vault,
    audit,
    system,
    redactor,
  };
  const shelf = new PluginShelf(ports);
  const tools = new PluginTools({
    ...ports,
    enabled: async () => (await settings.load()).plugins.enabled,
    desk: ({ manifest }) => new DeclaredDesk(manifest, ports),
  });
  const signal: AbortSignal = new AbortController().signal;
  /** Puts a plugin where it can be installed from. */
  const offer = (manifest: JsonObject, source: PluginSource = { kind: 'bundled', name: String(manifest.name) }): PluginSource =>
    library.offer(source, { 'manifest.json': JSON.stringify(manifest), 'plugin.js': 'code' });
  return {
    ports,
    shelf,
    tools,
    toolbox: new Toolbox([], [], tools),
    store,
    library,
    memory,
    code,
    asked,
    audit,
    vault,
    settings,
    redactor,
    signal,
    offer,
    /** Makes the vault, open. */
    openVault: () => vault.create(new Secret('a passphrase of a test')),
    /** Installs a plugin from where it is offered. */
    install: async (manifest: JsonObject) => {
      offer(manifest);
      return shelf.install((await shelf.inspect(String(manifest.name))).package, signal);
    },
    /** The names of the events in the security log. */
    events: () => audit.entries.filter(({ log }) => log === 'security').map(({ event }) => event),
  };
}
