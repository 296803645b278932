import type { OpenPlugin, PluginDesk } from '../../ports/plugin-host.js';
import { PyraError } from '../domain/errors.js';
import type { SecretName, ToolName } from '../domain/identifiers.js';
import { isPluginName } from '../domain/parse-plugin-manifest.js';
import type { InstalledPlugin, PluginPackage, PluginStatus, SandboxTier } from '../domain/plugin.js';
import { MAIN_ACCOUNT, type ManifestCommand, type PluginAccount, type PluginManifest, type PluginName } from '../domain/plugin-manifest.js';
import { secretPrefix } from '../domain/plugin-secret-name.js';
import { rulesOfProvider, withoutRules } from '../domain/provider-rules.js';
import { Redactor } from '../domain/redaction.js';
import { DEFAULT_SETTINGS } from '../domain/settings.js';
import { enabledPlugins } from './enabled-plugins.js';
import { changesOf, inspectPlugin, inspectUpdate, installPlugin, pluginSourceOf } from './plugin-changes.js';
import { DeclaredDesk } from './plugin-desk.js';
import { disablePlugin, enablePlugin } from './plugin-enabling.js';
import type { PluginInspection } from './plugin-inspection.js';
import { AccountSetup } from './plugin-setup.js';
import { installedNamed, pluginStatuses } from './plugin-status.js';
import { recordSecurityEvent } from './record-security-event.js';
import type { PluginSetup } from './setup-steps.js';
import type { ShelfPorts } from './shelf-ports.js';
import { ToolGate } from './tool-gate.js';
import { Toolbox } from './toolbox.js';

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
  /** A gate that leads to its tools alone; it knows no secret, so that what the plugin says stays as it is. */
  readonly gate: ToolGate;
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
    const { checker, audit, system } = this.#ports;
    const [library, host] = [await this.#ports.library(), await this.#ports.host()];
    const source = { kind: 'folder', path: folder } as const;
    const plugin = await library.install(source, (await library.inspect(source)).digest);
    const open = host.open(plugin, desk);
    const toolbox = new Toolbox([], [open]);
    return { plugin, open, gate: new ToolGate({ toolbox, checker, audit, system, redactor: new Redactor(), settings: DEFAULT_SETTINGS }) };
  }

  /** The installed plugins with their states, sorted by name. */
  async list(): Promise<readonly PluginStatus[]> {
    return pluginStatuses(this.#ports, await (await this.#ports.library()).list());
  }

  /** One installed plugin; `not-found` says how to get it. */
  async status(name: string): Promise<PluginStatus> {
    const [status] = await pluginStatuses(this.#ports, [await installedNamed(this.#ports, name)]);
    return status as PluginStatus;
  }

  /** How strictly this machine keeps plugins in. */
  async tier(): Promise<SandboxTier> {
    return (await this.#ports.host()).tier();
  }

  /**
   * Looks at a plugin before it is installed; no code of it runs. `source`: the name of one that Pyra brings, or a path to a folder
   * (whatever holds a slash, or is `.`). `not-found`, `plugin/bad-manifest`, `plugin/incompatible`.
   */
  inspect(source: string): Promise<PluginInspection> {
    return inspectPlugin(this.#ports, pluginSourceOf(source));
  }

  /** Looks for a newer version of an installed plugin where it came from. `package.digest` is that of `installed` when there is none. */
  inspectUpdate(name: string): Promise<PluginInspection> {
    return inspectUpdate(this.#ports, name);
  }

  /**
   * Installs what was looked at and shown, or updates to it; answers and data stay. Then loads its code, in the sandbox, to see that it has
   * exactly the handlers that its manifest names: `plugin/bad-manifest` when not (a new plugin is removed again, an updated one blocked).
   */
  install(seen: PluginPackage, signal: AbortSignal): Promise<InstalledPlugin> {
    return installPlugin(this.#ports, seen, signal);
  }

  /** What differs between the files on disk and those that were accepted; `undefined` when nothing does. */
  async changes(name: string): Promise<PluginInspection | undefined> {
    return changesOf(this.#ports, await installedNamed(this.#ports, name));
  }

  /**
   * Enables a plugin and lifts its block. Changed files need `accept`, the digest of the package that {@link changes} gave and that was
   * shown; `usage` without it. Refused: a command that another plugin has, handlers that are not those of the manifest.
   */
  async enable(name: string, options: { readonly signal: AbortSignal; readonly accept?: string }): Promise<PluginStatus> {
    await enablePlugin(this.#ports, name, options);
    return this.status(name);
  }

  /** Disables a plugin; false when it was not enabled. */
  disable(name: string): Promise<boolean> {
    return disablePlugin(this.#ports, name);
  }

  /**
   * Removes a plugin with its answers, its data and the standing rules for its tools. With `secrets` its secrets are deleted too (`vault/locked`), else named. `not-found`.
   */
  async remove(name: string, { secrets }: { readonly secrets: boolean }): Promise<{ readonly secretsLeft: readonly SecretName[] }> {
    const { manifest } = await installedNamed(this.#ports, name);
    const vault = this.#ports.secrets;
    const own = await this.secretsOf(name);
    if (secrets) for (const one of own) await vault.delete(one);
    await disablePlugin(this.#ports, name);
    const rules = await this.#dropRules(name);
    await (await this.#ports.library()).remove(manifest.name);
    const detail = { plugin: name, version: manifest.version, secrets: secrets ? own : [], ...(rules === 0 ? {} : { rules }) };
    await recordSecurityEvent(this.#ports, 'plugin-removed', detail);
    return { secretsLeft: secrets ? [] : own };
  }

  /** Standing rules for the tools of a plugin would hold for another one of its name; gives how many there were. */
  async #dropRules(name: string): Promise<number> {
    const rules = rulesOfProvider(await this.#ports.settings.load(), name);
    if (rules.length > 0) await this.#ports.settings.update((now) => withoutRules(now, rules));
    return rules.length;
  }

  /**
   * Removes one account of a plugin: its answers, its files and, with `secrets`, its secrets (`vault/locked`), which are named else.
   * `not-found`; `usage` for a plugin that has no accounts.
   */
  async removeAccount(
    name: string,
    account: string,
    { secrets }: { readonly secrets: boolean },
  ): Promise<{ readonly secretsLeft: readonly SecretName[] }> {
    const { manifest } = await installedNamed(this.#ports, name);
    const named = accountOf(manifest, account);
    if (!manifest.accounts) throw new PyraError('usage', `${name} has no accounts`, { hint: `pyra plugin remove ${name}` });
    const store = await this.#ports.store();
    const known = Object.keys(await store.load(manifest.name));
    if (!known.includes(named)) {
      const hint = known.length === 0 ? `pyra plugin setup ${name}` : `there are: ${known.join(', ')}`;
      throw new PyraError('not-found', `${name} has no account ${named}`, { hint });
    }
    const own = (await this.secretsOf(name)).filter((one) => one.startsWith(`${secretPrefix(name)}${named}.`));
    if (secrets) for (const one of own) await this.#ports.secrets.delete(one);
    await store.forgetAccount(manifest.name, named);
    await recordSecurityEvent(this.#ports, 'plugin-account-removed', { plugin: name, account: named, secrets: secrets ? own : [] });
    return { secretsLeft: secrets ? [] : own };
  }

  /** The names of the secrets in the vault that belong to a plugin of this name, installed or not. */
  async secretsOf(name: string): Promise<readonly SecretName[]> {
    return (await this.#ports.secrets.names()).filter((one) => one.startsWith(secretPrefix(name)));
  }

  /** Begins the setup of an account (`main` where none is named). `not-found`; `usage` for an account that cannot be. */
  async setup(name: string, account: string = MAIN_ACCOUNT): Promise<PluginSetup> {
    const plugin = await installedNamed(this.#ports, name);
    const named = accountOf(plugin.manifest, account);
    const answers = (await (await this.#ports.store()).load(plugin.manifest.name))[named] ?? {};
    return new AccountSetup(plugin, named, { answers, secrets: await this.#ports.secrets.names() }, this.#ports);
  }

  /**
   * Lets the plugin try the answers of an account; gives what it says, `undefined` when it cannot try. `plugin/crashed` with its words when
   * the answers do not work.
   */
  async check(
    name: string,
    account: PluginAccount,
    io: { readonly signal: AbortSignal; readonly progress: (text: string) => void },
  ): Promise<string | undefined> {
    const plugin = await installedNamed(this.#ports, name);
    const open = (await this.#ports.host()).open(plugin, new DeclaredDesk(plugin.manifest, this.#ports));
    try {
      const { check } = await open.handlers(io.signal);
      return check ? await open.check(accountOf(plugin.manifest, account), io.signal, io.progress) : undefined;
    } finally {
      await open.close();
    }
  }

  /** The slash commands of the enabled plugins. */
  async commands(): Promise<readonly PluginCommand[]> {
    return (await this.#enabled()).flatMap(({ manifest: { name, commands } }) =>
      commands.map((command) =>
        'tool' in command ? { plugin: name, command, tool: `${name}.${command.tool}` as ToolName } : { plugin: name, command },
      ),
    );
  }

  /** The texts of the enabled plugins for the system prompt. */
  async prompts(): Promise<readonly PluginPrompt[]> {
    return (await this.#enabled()).flatMap(({ manifest: { name, prompt } }) =>
      prompt === undefined ? [] : [{ plugin: name, text: prompt }],
    );
  }

  async #enabled(): Promise<readonly InstalledPlugin[]> {
    const { library, settings } = this.#ports;
    return (await enabledPlugins({ library, enabled: async () => (await settings.load()).plugins.enabled })).plugins;
  }
}

function accountOf({ name, accounts }: PluginManifest, account: string): PluginAccount {
  if (!accounts && account !== MAIN_ACCOUNT) {
    throw new PyraError('usage', `${name} has no accounts: its questions are answered once`, { hint: 'leave the account out' });
  }
  if (!isPluginName(account)) {
    throw new PyraError('usage', `${JSON.stringify(account.slice(0, 80))} is no name of an account`, {
      hint: 'lower-case letters, digits and -, at most 32, such as work',
    });
  }
  return account as string as PluginAccount;
}
