import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DATA_FOLDER, digestOf } from '../../src/adapters/plugins/plugin-files.js';
import type { Instant } from '../../src/core/domain/identifiers.js';
import type { InstalledPlugin } from '../../src/core/domain/plugin.js';
import type { ManifestTool, PluginManifest, PluginName } from '../../src/core/domain/plugin-manifest.js';
import { PROJECT } from './source-files.js';

/** A manifest with what a test does not care about filled in: tools that read, by their names. */
export function manifestOf(
  given: Partial<Omit<PluginManifest, 'tools' | 'name'>> & { name?: string; tools?: readonly (string | Partial<ManifestTool>)[] } = {},
): PluginManifest {
  return {
    api: 1,
    version: '1.0.0',
    description: 'a plugin of a test',
    author: 'a test',
    entry: 'plugin.js',
    secrets: [],
    permissions: { read: [], write: [], run: [], net: [] },
    setup: [],
    accounts: false,
    commands: [],
    ...given,
    name: (given.name ?? 'sample') as PluginName,
    tools: (given.tools ?? []).map((tool) => ({
      name: 'tool',
      description: 'does something',
      parameters: { type: 'object' },
      effect: 'read',
      destinations: [],
      approval: 'ask',
      preview: false,
      ...(typeof tool === 'string' ? { name: tool } : tool),
    })),
  };
}

/** Writes an installed plugin into a folder: its manifest, and source texts by their paths. */
export async function installedPlugin(
  folder: string,
  manifest: PluginManifest,
  files: Readonly<Record<string, string>>,
): Promise<InstalledPlugin> {
  const dataFolder = join(folder, DATA_FOLDER);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  for (const [path, text] of Object.entries({ ...files, 'manifest.json': JSON.stringify(manifest) })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const digest = await digestOf(folder);
  return {
    manifest,
    source: { kind: 'folder', path: folder },
    folder,
    dataFolder,
    digest,
    installedAt: new Date(0).toISOString() as Instant,
  };
}

/** The built runtime of plugins' processes; built first when it is missing or older than its sources. */
export async function pluginRuntime(): Promise<string> {
  const runtime = join(PROJECT, 'dist/plugin-child.cjs');
  const sources = ['src/adapters/plugins', 'src/adapters/support', 'src/core/domain'];
  runtimeBuilt ??= isStale(runtime, sources) ? bundle('bundleRuntime') : Promise.resolve();
  await runtimeBuilt;
  return runtime;
}

/** Builds the runtime and the plugins that Pyra brings into `dist`, where one of them is missing or older than its sources. */
export async function bundledPlugins(): Promise<void> {
  await pluginRuntime();
  const stale = ['email', 'nextcloud'].some((name) => isStale(join(PROJECT, `dist/plugins/${name}/plugin.cjs`), [`plugins/${name}`]));
  pluginsBuilt ??= stale ? bundle('bundlePlugins') : Promise.resolve();
  await pluginsBuilt;
}

let runtimeBuilt: Promise<void> | undefined;
let pluginsBuilt: Promise<void> | undefined;

function isStale(built: string, folders: readonly string[]): boolean {
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  return folders.some((folder) =>
    readdirSync(join(PROJECT, folder)).some((name) => statSync(join(PROJECT, folder, name)).mtimeMs > mtimeMs),
  );
}

async function bundle(what: 'bundleRuntime' | 'bundlePlugins'): Promise<void> {
  const script = pathToFileURL(join(PROJECT, 'scripts/bundle-plugins.mjs')).href;
  const bundlers = (await import(script)) as Readonly<Record<typeof what, (root: string) => Promise<unknown>>>;
  await bundlers[what](PROJECT);
}
