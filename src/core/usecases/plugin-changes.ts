import { isPyraError, PyraError } from '../domain/errors.js';
import { badManifest, isPluginName } from '../domain/parse-plugin-manifest.js';
import type { InstalledPlugin, PluginPackage, PluginSource } from '../domain/plugin.js';
import { pluginDifference } from '../domain/plugin-difference.js';
import { checkHandlers } from './plugin-handlers.js';
import type { PluginInspection } from './plugin-inspection.js';
import { installedNamed } from './plugin-status.js';
import { recordSecurityEvent } from './record-security-event.js';
import type { ShelfPorts } from './shelf-ports.js';

/** Looks at a plugin and at what it changes against the installed one of its name. */
export async function inspectPlugin(ports: ShelfPorts, source: PluginSource): Promise<PluginInspection> {
  const library = await ports.library();
  const seen = await library.inspect(source);
  const installed = (await library.list()).find(({ manifest }) => manifest.name === seen.manifest.name);
  if (installed !== undefined) return inspectionOf(seen, installed);
  await refuseTaken(ports, seen);
  return { package: seen };
}

/** The tools of both would bear the same name in front, and whoever permits one would permit the other. */
async function refuseTaken({ settings }: ShelfPorts, { manifest: { name } }: PluginPackage): Promise<void> {
  if (!Object.hasOwn((await settings.load()).mcp.servers, name)) return;
  throw new PyraError('usage', `the name ${name} is taken by an MCP server`, {
    hint: `remove that first (pyra mcp remove ${name}), and add it again under another name`,
  });
}

/** What a source is meant by: a path, or the name of a plugin that Pyra brings. */
export function pluginSourceOf(text: string): PluginSource {
  if (isPluginName(text)) return { kind: 'bundled', name: text };
  return { kind: 'folder', path: text };
}

/** Looks where an installed plugin came from. */
export async function inspectUpdate(ports: ShelfPorts, name: string): Promise<PluginInspection> {
  const installed = await installedNamed(ports, name);
  const seen = await (await ports.library()).inspect(installed.source);
  if (seen.manifest.name !== installed.manifest.name) {
    throw badManifest(installed.manifest.name, [`name: where it came from there is the plugin ${seen.manifest.name} now`]);
  }
  return inspectionOf(seen, installed);
}

/** What differs between the files on disk and those that were accepted. */
export async function changesOf(ports: ShelfPorts, installed: InstalledPlugin): Promise<PluginInspection | undefined> {
  const library = await ports.library();
  if ((await library.faults(installed)).length === 0) return undefined;
  const seen = await library.inspect({ kind: 'folder', path: installed.folder });
  return inspectionOf({ ...seen, source: installed.source }, installed);
}

/** Installs what was looked at, and takes it back where its code is not what its manifest says. */
export async function installPlugin(ports: ShelfPorts, seen: PluginPackage, signal: AbortSignal): Promise<InstalledPlugin> {
  const library = await ports.library();
  const { name, version } = seen.manifest;
  const before = (await library.list()).find(({ manifest }) => manifest.name === name);
  if (before === undefined) await refuseTaken(ports, seen);
  const plugin = await library.install(seen.source, seen.digest);
  try {
    await checkHandlers(ports, plugin, signal);
  } catch (error) {
    if (before === undefined) await library.remove(name);
    else await library.mark(name, { blocked: isPyraError(error) ? ports.redactor.redact(error.message) : 'its code could not be loaded' });
    throw error;
  }
  const detail = { plugin: name, version, digest: plugin.digest, source: plugin.source.kind };
  if (before === undefined) await recordSecurityEvent(ports, 'plugin-installed', detail);
  else await recordSecurityEvent(ports, 'plugin-updated', { ...detail, from: before.manifest.version, before: before.digest });
  return plugin;
}

function inspectionOf(seen: PluginPackage, installed: InstalledPlugin): PluginInspection {
  return { package: seen, installed, difference: pluginDifference(installed.manifest, seen.manifest) };
}

/** The error for changed files that nobody has looked at. */
export function notAccepted(name: string): PyraError {
  return new PyraError('usage', `the files of ${name} are not those that were accepted`, {
    hint: `see what changed, and accept it: pyra plugin enable ${name}; or install it again: pyra plugin update ${name}`,
  });
}
