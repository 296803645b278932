import type { AuditLog } from '../../ports/audit-log.js';
import type { OpenPlugin, PluginDesk, PluginHost } from '../../ports/plugin-host.js';
import type { PluginLibrary, PluginSettingsStore } from '../../ports/plugin-library.js';
import type { SchemaChecker } from '../../ports/schema-checker.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { SecretStore } from '../../ports/vault.js';
import type { SecretName, ToolName } from '../domain/identifiers.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { InstalledPlugin, PluginPackage, PluginStatus, SandboxTier } from '../domain/plugin.js';
import type { PluginDifference } from '../domain/plugin-difference.js';
import type { ManifestCommand, ManifestTool, PluginAccount, PluginName, SetupQuestion } from '../domain/plugin-manifest.js';
import type { Redactor } from '../domain/redaction.js';
import type { Secret } from '../domain/secret.js';

/** Gives something that is made when it is first needed. */
export type Lazy<T> = () => Promise<T>;

/** What the shelf works with. What a start does not need is made when it is needed. */
export interface ShelfPorts {
  readonly library: Lazy<PluginLibrary>;
  readonly store: Lazy<PluginSettingsStore>;
  readonly host: Lazy<PluginHost>;
  readonly checker: SchemaChecker;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly audit: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
}

/** A plugin that was looked at, and what it changes. */
export interface PluginInspection {
  readonly package: PluginPackage;
  /** What is installed under its name, as the person accepted it. */
  readonly installed?: InstalledPlugin;
  /** What changes against that; absent where nothing is installed. */
  readonly difference?: PluginDifference;
}

/** A question of a plugin as it stands for one account. */
export interface SetupStep {
  readonly question: SetupQuestion;
  /** Whether it is asked at all: `when` fits the other answers. */
  readonly relevant: boolean;
  /** Whether there is an answer, from now or from before. */
  readonly answered: boolean;
  /** The answer as it is now; never that to a `secret`. */
  readonly answer?: JsonValue;
}

/** The setup of one account of a plugin, as values: answers are checked one by one and stored together. */
export interface PluginSetup {
  readonly plugin: InstalledPlugin;
  readonly account: PluginAccount;
  /** All questions in their order. */
  steps(): readonly SetupStep[];
  /** The next question that is to be asked: relevant, and not answered in this setup yet; `undefined` at the end. */
  next(): SetupStep | undefined;
  /**
   * Answers a question. An empty text keeps the earlier answer, else takes the default, else leaves out what is optional. Gives one
   * sentence that says what is wrong when the answer is not taken; never with the value of a secret in it. A `file` is a path.
   * `usage` for a key that no question has.
   */
  answer(key: string, given: string | Secret): Promise<string | undefined>;
  /** Stores everything: secrets in the vault, files in the data folder, the rest in the settings. `usage` names what is missing; `vault/locked`. */
  save(): Promise<void>;
}

/** A slash command of an enabled plugin. */
export interface PluginCommand {
  readonly plugin: PluginName;
  readonly command: ManifestCommand;
  /** The tool that it runs, by its full name; absent for a prompt. */
  readonly tool?: ToolName;
}

/** What an enabled plugin adds to the system prompt. */
export interface PluginPrompt {
  readonly plugin: PluginName;
  readonly text: string;
}

/** A plugin that is tried. */
export interface TrialPlugin {
  readonly plugin: InstalledPlugin;
  /** Close it. */
  readonly open: OpenPlugin;
  /** How arguments do not fit a tool, as the gate would say; empty when they do. */
  argumentFaults(tool: ManifestTool, args: JsonObject): Promise<readonly string[]>;
}

/** The person's plugins: what front-ends do with them. Looking, installing and updating runs no code that was not shown before. */
export class PluginShelf {
  readonly #ports: ShelfPorts;

  constructor(ports: ShelfPorts) {
    this.#ports = ports;
  }

  /** The plugins that Pyra brings, whether installed or not, sorted by name. */
  async bundled(): Promise<readonly PluginPackage[]> {
    return (await this.#ports.library()).bundled();
  }

  /**
   * Installs the plugin of a folder and opens it with a desk of the caller's, for trying it in a home of its own: nothing of it is enabled,
   * shown or asked. `plugin/bad-manifest`, `plugin/incompatible`, `not-found`.
   */
  async tryOut(folder: string, desk: PluginDesk): Promise<TrialPlugin> {
    const [library, host] = [await this.#ports.library(), await this.#ports.host()];
    const source = { kind: 'folder', path: folder } as const;
    const plugin = await library.install(source, (await library.inspect(source)).digest);
    const argumentFaults: TrialPlugin['argumentFaults'] = (tool, args) => this.#ports.checker.check(tool.parameters, args);
    return { plugin, open: host.open(plugin, desk), argumentFaults };
  }

  /** The installed plugins with their states, sorted by name. */
  list(): Promise<readonly PluginStatus[]> {
    throw new Error('not there yet');
  }

  /** One installed plugin; `not-found` says how to get it. */
  status(_name: string): Promise<PluginStatus> {
    throw new Error('not there yet');
  }

  /** How strictly this machine keeps plugins in. */
  async tier(): Promise<SandboxTier> {
    return (await this.#ports.host()).tier();
  }

  /**
   * Looks at a plugin before it is installed; no code of it runs. `source`: the name of one that Pyra brings, or a path to a folder
   * (whatever holds a slash, or is `.`). `not-found`, `plugin/bad-manifest`, `plugin/incompatible`.
   */
  inspect(_source: string): Promise<PluginInspection> {
    throw new Error('not there yet');
  }

  /** Looks for a newer version of an installed plugin where it came from. `package.digest` is that of `installed` when there is none. */
  inspectUpdate(_name: string): Promise<PluginInspection> {
    throw new Error('not there yet');
  }

  /**
   * Installs what was looked at and shown, or updates to it; answers and data stay. Then loads its code, in the sandbox, to see that it has
   * exactly the handlers that its manifest names: `plugin/bad-manifest` when not (a new plugin is removed again, an updated one blocked).
   */
  install(_seen: PluginPackage, _signal: AbortSignal): Promise<InstalledPlugin> {
    throw new Error('not there yet');
  }

  /** What differs between the files on disk and those that were accepted; `undefined` when nothing does. */
  changes(_name: string): Promise<PluginInspection | undefined> {
    throw new Error('not there yet');
  }

  /**
   * Enables a plugin and lifts its block. Changed files need `accept`, the digest of the package that {@link changes} gave and that was
   * shown; `usage` without it. Refused: a command that another plugin has, handlers that are not those of the manifest.
   */
  enable(_name: string, _options: { readonly signal: AbortSignal; readonly accept?: string }): Promise<PluginStatus> {
    throw new Error('not there yet');
  }

  /** Disables a plugin; false when it was not enabled. */
  disable(_name: string): Promise<boolean> {
    throw new Error('not there yet');
  }

  /**
   * Removes a plugin with its answers and its data. With `secrets` its secrets are deleted too (`vault/locked`), else named. `not-found`.
   */
  remove(_name: string, _options: { readonly secrets: boolean }): Promise<{ readonly secretsLeft: readonly SecretName[] }> {
    throw new Error('not there yet');
  }

  /** Begins the setup of an account (`main` where none is named). `not-found`; `usage` for an account that cannot be. */
  setup(_name: string, _account?: string): Promise<PluginSetup> {
    throw new Error('not there yet');
  }

  /**
   * Lets the plugin try the answers of an account; gives what it says, `undefined` when it cannot try. `plugin/crashed` with its words when
   * the answers do not work.
   */
  check(
    _name: string,
    _account: PluginAccount,
    _io: { readonly signal: AbortSignal; readonly progress: (text: string) => void },
  ): Promise<string | undefined> {
    throw new Error('not there yet');
  }

  /** The slash commands of the enabled plugins. */
  commands(): Promise<readonly PluginCommand[]> {
    throw new Error('not there yet');
  }

  /** The texts of the enabled plugins for the system prompt. */
  prompts(): Promise<readonly PluginPrompt[]> {
    throw new Error('not there yet');
  }
}
