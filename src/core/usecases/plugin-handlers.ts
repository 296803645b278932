import type { OpenPlugin } from '../../ports/plugin-host.js';
import { badManifest } from '../domain/parse-plugin-manifest.js';
import type { InstalledPlugin } from '../domain/plugin.js';
import type { PluginManifest } from '../domain/plugin-manifest.js';
import { DeclaredDesk } from './plugin-desk.js';
import type { ShelfPorts } from './shelf-ports.js';

/**
 * Loads the code of a plugin, in the sandbox, and compares its handlers with the manifest; runs none of them.
 * @throws PyraError `plugin/bad-manifest` with every handler that is missing or too many, `plugin/crashed`
 */
export async function checkHandlers(ports: ShelfPorts, plugin: InstalledPlugin, signal: AbortSignal): Promise<void> {
  const open = (await ports.host()).open(plugin, new DeclaredDesk(plugin.manifest, ports));
  try {
    const faults = handlerFaults(plugin.manifest, await open.handlers(signal));
    if (faults.length > 0) throw badManifest(plugin.manifest.name, faults);
  } finally {
    await open.close();
  }
}

/** How the handlers that the code has differ from the tools that the manifest names. */
export function handlerFaults(manifest: PluginManifest, handlers: Awaited<ReturnType<OpenPlugin['handlers']>>): readonly string[] {
  const tools = manifest.tools.map(({ name }) => name);
  // The names of handlers are whatever the code says.
  const shown = (name: string): string => name.slice(0, 60);
  const previews = manifest.tools.filter(({ preview }) => preview).map(({ name }) => name);
  return [
    ...tools.filter((name) => !handlers.tools.includes(name)).map((name) => `the tool ${name} has no handler in ${manifest.entry}`),
    ...handlers.tools
      .filter((name) => !tools.includes(name))
      .map((name) => `${manifest.entry} has a handler ${shown(name)}, which is no tool of the manifest`),
    ...previews
      .filter((name) => !handlers.previews.includes(name))
      .map((name) => `the tool ${name} promises a preview and has no handler for it`),
    ...handlers.previews
      .filter((name) => !previews.includes(name))
      .map((name) => `${manifest.entry} has a preview ${shown(name)}, which the manifest does not promise`),
  ];
}
