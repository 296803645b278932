import type { PluginLibrary } from '../../ports/plugin-library.js';
import type { InstalledPlugin } from '../domain/plugin.js';

/** What finds the enabled plugins. */
export interface EnabledPorts {
  readonly library: () => Promise<PluginLibrary>;
  /** The names of the enabled plugins, as they are now. */
  readonly enabled: () => Promise<readonly string[]>;
}

/** The plugins that run, and one sentence for each that is enabled and does not. */
export interface EnabledPlugins {
  readonly plugins: readonly InstalledPlugin[];
  readonly faults: readonly string[];
}

/** Looks which plugins are enabled; without any, nothing is loaded and nothing is read. */
export async function enabledPlugins({ library, enabled }: EnabledPorts): Promise<EnabledPlugins> {
  const names = await enabled();
  if (names.length === 0) return { plugins: [], faults: [] };
  const installed = await (await library()).list();
  const faults: string[] = [];
  for (const name of names) {
    const plugin = installed.find(({ manifest }) => manifest.name === name);
    if (plugin === undefined) faults.push(`${name}: is enabled and not installed (pyra plugin install ${name})`);
    else if (plugin.blocked !== undefined) {
      faults.push(`${name}: is not run: ${plugin.blocked.reason} (pyra plugin enable ${name}, once you have looked at it)`);
    }
  }
  return { plugins: installed.filter(({ manifest, blocked }) => names.includes(manifest.name) && blocked === undefined), faults };
}
