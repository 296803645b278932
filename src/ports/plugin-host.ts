import type { InstalledPlugin, PluginSettings, SandboxTier } from '../core/domain/plugin.js';
import type { PluginAccount } from '../core/domain/plugin-manifest.js';
import type { Secret } from '../core/domain/secret.js';
import type { ToolProvider } from './tool-provider.js';

/** What a running plugin may ask its host for. */
export interface PluginDesk {
  /** A secret that the manifest names, by the plugin's own name for it (`main.password`); `undefined` when there is none or it is not declared. `vault/locked`. */
  secret(name: string): Promise<Secret | undefined>;
  /** Stores a secret that the manifest names; `usage` when it is not declared. */
  setSecret(name: string, value: Secret): Promise<void>;
  /** The answers to the plugin's questions, as they are now. */
  settings(): Promise<PluginSettings>;
  /** Says that it must not be run again before the person has looked: it crashed too often, or its files changed. */
  block(reason: string): Promise<void>;
}

/** An open plugin: a provider of tools, and what setup and checks need besides. */
export interface OpenPlugin extends ToolProvider {
  /** The names of the handlers that the code really has, without running one: tools, previews, and whether it can check its setup. */
  handlers(
    signal: AbortSignal,
  ): Promise<{ readonly tools: readonly string[]; readonly previews: readonly string[]; readonly check: boolean }>;
  /** Tries the answers of an account, as the plugin sees fit; gives what it says. A failure throws `plugin/crashed` with its text. */
  check(account: PluginAccount, signal: AbortSignal, progress: (text: string) => void): Promise<string>;
}

/** Runs plugins, each in a restricted process of its own. */
export interface PluginHost {
  /** Opens a plugin; no code of it runs before it is first needed, and none after it was idle for two minutes or was closed. */
  open(plugin: InstalledPlugin, desk: PluginDesk): OpenPlugin;
  /** How strictly this machine keeps a plugin in; probed once, with the real flags. */
  tier(): Promise<SandboxTier>;
}
