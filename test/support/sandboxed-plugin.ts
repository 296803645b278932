import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChildLauncher } from '../../src/adapters/plugins/child-launcher.js';
import { ChildPluginHost } from '../../src/adapters/plugins/child-plugin-host.js';
import { fileState } from '../../src/adapters/plugins/file-state.js';
import { FsPluginLibrary } from '../../src/adapters/plugins/fs-plugin-library.js';
import { plainJavaScript } from '../../src/adapters/plugins/plain-javascript.js';
import type { StartsChildren } from '../../src/adapters/plugins/starts-children.js';
import { NodeSystem } from '../../src/adapters/support/node-system.js';
import type { LaunchedChild } from '../../src/adapters/support/sandbox/launched-child.js';
import type { ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject, JsonValue } from '../../src/core/domain/json.js';
import type { PluginSettings, SandboxTier } from '../../src/core/domain/plugin.js';
import { Secret } from '../../src/core/domain/secret.js';
import type { ToolOutput } from '../../src/core/domain/tool.js';
import type { OpenPlugin, PluginDesk } from '../../src/ports/plugin-host.js';
import { pluginRuntime } from './plugin-fixture.js';
import { PROJECT } from './source-files.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** What a person would have set up for a plugin. */
export interface SandboxedSetup {
  /** The answers of the account `main`. */
  readonly answers: { readonly [key: string]: JsonValue };
  readonly secrets: { readonly [name: string]: string };
  /** A PEM file that the person gave as `ca`. */
  readonly ca?: string;
  readonly tier?: SandboxTier['tier'];
}

/** A plugin that Pyra brings, built, installed and run in the sandbox. */
export interface SandboxedPlugin {
  readonly plugin: OpenPlugin;
  readonly tier: SandboxTier;
  /** The id of its process, while there is one. */
  pid(): number | undefined;
  /** The secrets that it can read, with those that it has stored itself. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What it was asked to write to its log. */
  readonly log: readonly string[];
  call(tool: string, args: JsonObject, signal?: AbortSignal): Promise<ToolOutput>;
  preview(tool: string, args: JsonObject): Promise<string | undefined>;
  /** Ends its process and removes its home. */
  stop(): Promise<void>;
}

const built = new Map<string, Promise<unknown>>();

/** Builds one of the plugins that Pyra brings as it is now, installs it into a home of its own, and opens it in the strongest sandbox here. */
export async function sandboxedPlugin(name: string, setup: SandboxedSetup): Promise<SandboxedPlugin> {
  const { bundlePlugin } = (await import(pathToFileURL(join(PROJECT, 'scripts/bundle-plugins.mjs')).href)) as {
    bundlePlugin(root: string, name: string): Promise<unknown>;
  };
  if (!built.has(name)) built.set(name, bundlePlugin(PROJECT, name));
  await built.get(name);
  const home = temporaryFolder();
  const system = new NodeSystem();
  const library = new FsPluginLibrary({
    plugins: join(home, 'plugins'),
    state: join(home, 'state', 'plugins'),
    bundled: join(PROJECT, 'dist', 'plugins'),
    now: () => system.now(),
    strip: async () => plainJavaScript,
  });
  const source = { kind: 'bundled', name } as const;
  const installed = await library.install(source, (await library.inspect(source)).digest);
  if (setup.ca !== undefined) copyFileSync(setup.ca, join(installed.dataFolder, 'ca.pem'));
  const settings = { main: { ...setup.answers, ...(setup.ca === undefined ? {} : { ca: 'ca.pem' }) } } as unknown as PluginSettings;
  const secrets = new Map(Object.entries(setup.secrets));
  const desk: PluginDesk = {
    secret: async (key) => {
      const value = secrets.get(key);
      return value === undefined ? undefined : new Secret(value);
    },
    setSecret: async (key, value) => {
      secrets.set(key, value.reveal());
    },
    settings: async () => settings,
    block: async () => undefined,
  };
  const log: string[] = [];
  const inner = new ChildLauncher({ home, ...(setup.tier === undefined ? {} : { tier: setup.tier }) });
  let child: LaunchedChild | undefined;
  const launcher: StartsChildren = {
    launch: async (request) => {
      child = await inner.launch(request);
      return child;
    },
    tier: () => inner.tier(),
  };
  const host = new ChildPluginHost({
    launcher,
    runtime: await pluginRuntime(),
    system,
    files: (plugin) => fileState(plugin, (one) => library.faults(one)),
    redact: (text) => text,
    log: { write: (_, text) => void log.push(text), flush: async () => undefined },
  });
  const plugin = host.open(installed, desk);
  const context = { conversation: 'conversation-1' as ConversationId, provenance: { kind: 'own' }, progress: () => undefined } as const;
  const never = new AbortController().signal;
  return {
    plugin,
    tier: await host.tier(),
    pid: () => child?.pid(),
    secrets,
    log,
    call: (tool, args, signal = never) => plugin.call(`${name}.${tool}` as ToolName, args, signal, context),
    preview: async (tool, args) => plugin.preview?.(`${name}.${tool}` as ToolName, args, never),
    async stop() {
      await plugin.close();
      removeFolder(home);
    },
  };
}
