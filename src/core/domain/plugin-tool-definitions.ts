import type { ToolName } from './identifiers.js';
import type { InstalledPlugin } from './plugin.js';
import type { ToolDefinition } from './tool.js';

/** The tools of a plugin as its manifest declares them; `code` is the digest of its files. */
export function pluginToolDefinitions({ manifest, digest }: InstalledPlugin): readonly ToolDefinition[] {
  return manifest.tools.map(({ name, description, parameters, effect, destinations, approval, summary, preview, timeout }) => ({
    name: `${manifest.name}.${name}` as ToolName,
    description,
    parameters,
    effect,
    destinations,
    approval,
    ...(summary === undefined ? {} : { summary }),
    ...(preview ? { preview } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    code: digest,
  }));
}

/** The verb of a tool that this plugin declares; undefined when it does not. */
export function pluginVerbOf({ manifest }: InstalledPlugin, tool: ToolName): string | undefined {
  return manifest.tools.find(({ name }) => `${manifest.name}.${name}` === tool)?.name;
}
