import type { InstalledPlugin, PluginPackage } from '../domain/plugin.js';
import type { PluginDifference } from '../domain/plugin-difference.js';

/** A plugin that was looked at, and what it changes. */
export interface PluginInspection {
  readonly package: PluginPackage;
  /** What is installed under its name, as the person accepted it. */
  readonly installed?: InstalledPlugin;
  /** What changes against that; absent where nothing is installed. */
  readonly difference?: PluginDifference;
}
