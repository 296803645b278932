import type { OpenPlugin, PluginDesk, PluginHost } from '../../ports/plugin-host.js';
import type { ToolProvider } from '../../ports/tool-provider.js';
import { isPyraError } from '../domain/errors.js';
import type { ProviderId, ToolName } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import type { InstalledPlugin } from '../domain/plugin.js';
import { pluginToolDefinitions } from '../domain/plugin-tool-definitions.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../domain/tool.js';
import { acceptedDefinition } from '../domain/tool-definition.js';
import { type EnabledPorts, enabledPlugins } from './enabled-plugins.js';
import type { ToolSource } from './toolbox.js';

/** What the tools of plugins come from. */
export interface PluginToolsPorts extends EnabledPorts {
  readonly host: () => Promise<PluginHost>;
  readonly desk: (plugin: InstalledPlugin) => PluginDesk;
}

/**
 * The tools of the enabled plugins, as they are each time they are looked for. Their manifests say what there is; the host is loaded, and a
 * plugin opened, at the first call. The tools of a blocked plugin are not listed: what cannot be called is better not offered.
 */
export class PluginTools implements ToolSource {
  readonly #ports: PluginToolsPorts;
  readonly #known = new Map<string, LazyPlugin>();
  #closed = false;

  constructor(ports: PluginToolsPorts) {
    this.#ports = ports;
  }

  async look(): Promise<{ readonly providers: readonly ToolProvider[]; readonly faults: readonly string[] }> {
    if (this.#closed) return { providers: [], faults: [] };
    try {
      const { plugins, faults } = await enabledPlugins(this.#ports);
      const providers = plugins.map((plugin) => this.#provider(plugin));
      for (const [name, old] of this.#known) {
        if (providers.some((one) => one === old)) continue;
        this.#known.delete(name);
        void old.close().catch(() => undefined);
      }
      return { providers, faults };
    } catch (error) {
      if (!isPyraError(error)) throw error;
      return { providers: [], faults: [`plugins: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`] };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#known.values()].map((plugin) => plugin.close()));
  }

  /** Another version is another provider; the old one is closed once it is no longer found. */
  #provider(plugin: InstalledPlugin): ToolProvider {
    const key = `${plugin.manifest.name} ${plugin.digest} ${plugin.installedAt}`;
    const known =
      this.#known.get(key) ?? new LazyPlugin(plugin, async () => (await this.#ports.host()).open(plugin, this.#ports.desk(plugin)));
    this.#known.set(key, known);
    return known;
  }
}

/** A plugin that is opened when it is first called. */
class LazyPlugin implements ToolProvider {
  readonly id: ProviderId;
  readonly #definitions: readonly ToolDefinition[];
  readonly #open: () => Promise<OpenPlugin>;
  #opened: Promise<OpenPlugin> | undefined;

  constructor(plugin: InstalledPlugin, open: () => Promise<OpenPlugin>) {
    this.id = plugin.manifest.name as string as ProviderId;
    // Accepted here once, and not anew for every call of every tool.
    this.#definitions = pluginToolDefinitions(plugin).map((given) => {
      const accepted = acceptedDefinition(given);
      return typeof accepted === 'string' ? given : accepted;
    });
    this.#open = open;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return this.#definitions;
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    return (await this.#plugin()).call(tool, args, signal, context);
  }

  async preview(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#plugin()).preview?.(tool, args, signal);
  }

  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }

  #plugin(): Promise<OpenPlugin> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}
