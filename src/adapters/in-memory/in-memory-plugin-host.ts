import type { InstalledPlugin, SandboxTier } from '../../core/domain/plugin.js';
import type { OpenPlugin, PluginDesk, PluginHost } from '../../ports/plugin-host.js';
import type { System } from '../../ports/system.js';
import { InMemoryOpenPlugin, type InMemoryPlugin } from './in-memory-open-plugin.js';

/** Runs plugins as functions in this process, for tests and for scripts that trust them; keeps nothing in. */
export class InMemoryPluginHost implements PluginHost {
  readonly #system: Pick<System, 'now' | 'deadline'>;
  readonly #load: (name: string) => InMemoryPlugin;

  /** `load` gives the code of a plugin by its name; called at each start, as a process would load it. */
  constructor(system: Pick<System, 'now' | 'deadline'>, load: (name: string) => InMemoryPlugin) {
    this.#system = system;
    this.#load = load;
  }

  open(plugin: InstalledPlugin, desk: PluginDesk): OpenPlugin {
    return new InMemoryOpenPlugin({ plugin, desk, system: this.#system, load: () => this.#load(plugin.manifest.name) });
  }

  async tier(): Promise<SandboxTier> {
    return { tier: 'plain', reason: 'plugins run in this process', networkEnforced: false };
  }
}
