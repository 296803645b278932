import type { Branded } from './identifiers.js';
import type { JsonObject, JsonSchema } from './json.js';
import type { ToolEffect } from './tool.js';

/** A plugin's name, which is the first half of its tools' names: `^[a-z][a-z0-9-]{0,31}$`. */
export type PluginName = Branded<string, 'PluginName'>;

/** Names one set of answers to a plugin's questions, such as `main` or `work`: `^[a-z][a-z0-9-]{0,31}$`. */
export type PluginAccount = Branded<string, 'PluginAccount'>;

/** The account that is meant where none is named. */
export const MAIN_ACCOUNT = 'main' as PluginAccount;

/** What kind of answer a question wants. The answer to `secret` goes to the vault, a `file` is copied into the plugin's data folder. */
export type SetupKind = 'text' | 'secret' | 'choice' | 'url' | 'port' | 'boolean' | 'file';

/** One question of a plugin's setup. */
export interface SetupQuestion {
  /** The name of the setting, or of the secret: `^[a-z][a-z0-9_]{0,31}$`. A `file` with the key `ca` is trusted for TLS by the plugin's runtime. */
  readonly key: string;
  /** What the person is asked, such as `E-mail address`. */
  readonly label: string;
  readonly kind: SetupKind;
  /** For `choice`: the values to choose from. */
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Whether an empty answer is fine; then the setting is absent. */
  readonly optional?: boolean;
  /** One or two sentences that are shown with the question. */
  readonly help?: string;
  /** A JSON Schema for the answer, besides what its kind asks for; not for secrets and files. */
  readonly check?: JsonSchema;
  /** Asked only when the answer to an earlier question is one of these values: `{ "auth": ["password"] }`; `["*"]` stands for any answer. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
}

/** A tool as a manifest declares it; its full name is `plugin.name`. */
export interface ManifestTool {
  /** The verb alone, such as `search`: `^[a-z][a-z0-9_]*$`. */
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  readonly effect: ToolEffect;
  /** The argument paths that say where bytes go. */
  readonly destinations: readonly string[];
  readonly approval: 'ask' | 'none';
  /** One line for the card, with `{argument}` in it. */
  readonly summary?: string;
  /** Whether the plugin has a handler that says beforehand what exactly the call will do. */
  readonly preview: boolean;
  /** The most that one call may take, in seconds; 60 when absent, 600 at most. */
  readonly timeout?: number;
}

/** A slash command of a plugin. It runs a tool of the plugin, through the gate, or sends a prompt as the person's own words. */
export type ManifestCommand =
  | { readonly name: string; readonly summary: string; readonly tool: string; readonly arguments: JsonObject }
  | { readonly name: string; readonly summary: string; readonly prompt: string };

/** What a plugin may reach besides its own folder and its data folder. */
export interface PluginPermissions {
  /** Folders that it may read. */
  readonly read: readonly string[];
  /** Folders that it may read and write. */
  readonly write: readonly string[];
  /** Programs that it may start; whoever may do that is as strong as the person. */
  readonly run: readonly string[];
  /**
   * `host:port`, `*.suffix:port`, or with a setting in place of host or port: `{settings.imap_host}:{settings.imap_port}`. A setting of the
   * kind `url` alone, `{settings.url}`, stands for the host and the port (or the scheme's own) of that address.
   */
  readonly net: readonly string[];
}

/** What a plugin says about itself before any of its code runs. */
export interface PluginManifest {
  readonly api: 1;
  readonly name: PluginName;
  readonly version: string;
  readonly description: string;
  readonly author: string;
  /** The module that holds the handlers, relative to the folder: `plugin.ts`, `plugin.js`, `plugin.mjs` or `plugin.cjs`. */
  readonly entry: string;
  readonly tools: readonly ManifestTool[];
  /** The secrets that it gets when it asks for them: `token`, or `*.password` for one per account. */
  readonly secrets: readonly string[];
  readonly permissions: PluginPermissions;
  readonly setup: readonly SetupQuestion[];
  /** Whether the questions of `setup` can be answered several times, once for each account. */
  readonly accounts: boolean;
  readonly commands: readonly ManifestCommand[];
  /** What is added to the system prompt while the plugin is enabled; at most 1,000 characters. */
  readonly prompt?: string;
}
