import type { InstalledPlugin, SandboxTier } from '../../core/domain/plugin.js';
import type { OpenPlugin, PluginDesk, PluginHost } from '../../ports/plugin-host.js';
import { ChildPlugin, type ChildPluginParts } from './child-plugin.js';

/** Runs each plugin in a restricted process of its own, which speaks JSON-RPC on its stdin and stdout. */
export class ChildPluginHost implements PluginHost {
  readonly #parts: ChildPluginParts;

  constructor(parts: ChildPluginParts) {
    this.#parts = parts;
  }

  open(plugin: InstalledPlugin, desk: PluginDesk): OpenPlugin {
    return new ChildPlugin(plugin, desk, this.#parts);
  }

  tier(): Promise<SandboxTier> {
    return this.#parts.launcher.tier();
  }
}
