import type { Instant } from './identifiers.js';
import type { JsonValue } from './json.js';
import type { PluginAccount, PluginManifest, PluginName } from './plugin-manifest.js';

/** Where a plugin comes from: one that Pyra brings, or a folder of the person's. */
export type PluginSource = { readonly kind: 'bundled'; readonly name: string } | { readonly kind: 'folder'; readonly path: string };

/** A plugin that was looked at and not installed: nothing of its code has run. */
export interface PluginPackage {
  readonly manifest: PluginManifest;
  readonly source: PluginSource;
  /** SHA-256 over all its files as they will be installed, in hex. */
  readonly digest: string;
  /** Every file, relative, sorted, with its size in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** An installed plugin. */
export interface InstalledPlugin {
  readonly manifest: PluginManifest;
  readonly source: PluginSource;
  /** Its folder, absolute: the manifest and the code, which it can read and nobody changes. */
  readonly folder: string;
  /** The folder that it may write, absolute. */
  readonly dataFolder: string;
  /** SHA-256 over its files as the person accepted them, in hex. */
  readonly digest: string;
  readonly installedAt: Instant;
  /** Why it is not run although it is enabled: it crashed too often, or its files are not those that were accepted. */
  readonly blocked?: { readonly reason: string; readonly at: Instant };
}

/** The answers to a plugin's questions, secrets not among them. */
export type PluginAnswers = Readonly<Record<string, JsonValue>>;

/** The answers of every account; a plugin without accounts has `main` alone. */
export type PluginSettings = Readonly<Record<PluginAccount, PluginAnswers>>;

/** How strictly the system keeps plugins in: see SECURITY.md. */
export interface SandboxTier {
  readonly tier: 'bwrap' | 'unshare' | 'plain';
  /** Why it is this tier and no stronger one; empty for the strongest. */
  readonly reason: string;
  /** Whether the network is closed to the plugin but for the broker, by the system and not by good manners. */
  readonly networkEnforced: boolean;
}

/** The state in which a plugin is, in one word for lists. */
export type PluginState = 'enabled' | 'disabled' | 'needs setup' | 'changed' | 'blocked';

/** What `plugins` of a home knows about one plugin. */
export interface PluginStatus {
  readonly plugin: InstalledPlugin;
  readonly name: PluginName;
  readonly state: PluginState;
  /** What is missing or wrong, one sentence each. */
  readonly faults: readonly string[];
  /** The accounts that are set up. */
  readonly accounts: readonly PluginAccount[];
}
