import type { InstalledPlugin, PluginAnswers, PluginPackage, PluginSettings, PluginSource } from '../core/domain/plugin.js';
import type { PluginAccount, PluginName } from '../core/domain/plugin-manifest.js';

/** Keeps the installed plugins of a home. No method runs a plugin's code. */
export interface PluginLibrary {
  /** The plugins that Pyra brings, whether installed or not, sorted by name. */
  bundled(): Promise<readonly PluginPackage[]>;
  /** The installed plugins, sorted by name; a folder that is no plugin is left out. */
  list(): Promise<readonly InstalledPlugin[]>;
  /**
   * Looks at a plugin before it is installed: `plugin/bad-manifest` names every fault of the manifest, links, sizes and `node_modules`;
   * `plugin/incompatible` for another `api`; `not-found` where there is none.
   */
  inspect(source: PluginSource): Promise<PluginPackage>;
  /**
   * Copies a plugin whose files have exactly this digest, whole or not at all, in place of an older version, whose data folder stays.
   * `plugin/bad-manifest` when the source is not what was inspected. Lifts a block.
   */
  install(source: PluginSource, digest: string): Promise<InstalledPlugin>;
  /** What is wrong with the files on disk, one sentence each: changed, added, missing, linked; empty when they are those that were accepted. */
  faults(plugin: InstalledPlugin): Promise<readonly string[]>;
  /** Takes the files on disk as accepted and lifts a block; with `reason`, blocks it instead. `not-found` where there is none. */
  mark(name: PluginName, state: { readonly accepted: true } | { readonly blocked: string }): Promise<InstalledPlugin>;
  /** Removes a plugin with its settings and its data folder; false when there was none. */
  remove(name: PluginName): Promise<boolean>;
}

/** Keeps the answers to the questions of plugins, where no plugin can change them. */
export interface PluginSettingsStore {
  /** The answers of every account; empty when nothing was answered. */
  load(name: PluginName): Promise<PluginSettings>;
  /** Stores them whole or not at all. */
  save(name: PluginName, settings: PluginSettings): Promise<void>;
  /** Stores the answers of one account and leaves those of all others as they are, whoever else stores some at the same time. */
  saveAccount(name: PluginName, account: PluginAccount, answers: PluginAnswers): Promise<void>;
  /** Forgets the answers of one account and the files that were kept for it; false when there are none. */
  forgetAccount(name: PluginName, account: PluginAccount): Promise<boolean>;
  /** Copies a file that the person named (at most 1 MB) into the plugin's data folder and gives its name there. `not-found`, `limit/reached`. */
  keepFile(name: PluginName, account: PluginAccount, key: string, path: string): Promise<string>;
}
