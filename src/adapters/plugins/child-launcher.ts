import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { BROKERED } from '../support/sandbox/broker-channel.js';
import { brokeredChild } from '../support/sandbox/brokered-child.js';
import { launchedChild } from '../support/sandbox/child-process.js';
import type { EgressBrokerParts } from '../support/sandbox/egress-broker.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';
import { sandboxCommand } from '../support/sandbox/sandbox-command.js';
import { SandboxFinder } from '../support/sandbox/sandbox-finder.js';
import { spawnClean } from '../support/sandbox/spawn-clean.js';
import { netRules } from './manifest-egress.js';
import { pluginFolders } from './plugin-folders.js';
import type { LaunchRequest, StartsChildren } from './starts-children.js';

/** Below this version Node's permission model leaves the network and local sockets open. */
const NETWORK_DENIED_SINCE = 26;

/** What a launcher is made from. */
export interface ChildLauncherOptions {
  /** Pyra's home, absolute. */
  readonly home: string;
  /** Only this tier, and an error where it does not work: for tests. */
  readonly tier?: SandboxTier['tier'];
  /** Finds the addresses of a name, for the broker: for tests. */
  readonly resolve?: EgressBrokerParts['resolve'];
}

/** Starts plugins' processes in the strongest sandbox that works here: bubblewrap, else namespaces by `unshare`, else Node's permissions alone. */
export class ChildLauncher implements StartsChildren {
  readonly #options: ChildLauncherOptions;
  readonly #sandbox: SandboxFinder;

  constructor(options: ChildLauncherOptions) {
    this.#options = options;
    this.#sandbox = new SandboxFinder(options);
  }

  async launch(request: LaunchRequest): Promise<LaunchedChild> {
    try {
      return await this.#launch(request);
    } catch (error) {
      if (isPyraError(error)) throw error;
      throw new PyraError('plugin/crashed', `the plugin ${request.plugin.manifest.name} cannot be started`, { cause: error });
    }
  }

  async tier(): Promise<SandboxTier> {
    const { sandbox, reason } = await this.#sandbox.find();
    return { tier: sandbox.tier, reason, networkEnforced: sandbox.tier !== 'plain' || nodeMajor() >= NETWORK_DENIED_SINCE };
  }

  async #launch({ plugin, runtime, settings, refused }: LaunchRequest): Promise<LaunchedChild> {
    const places = { home: this.#options.home, person: homedir() };
    const [{ sandbox }, folders] = await Promise.all([this.#sandbox.find(), pluginFolders(plugin, runtime, places)]);
    const brokered = plugin.manifest.permissions.net.length > 0;
    const script = { file: runtime, args: brokered ? [BROKERED] : [] };
    const command = sandboxCommand(sandbox, await realpath(process.execPath), folders, script);
    const child = await spawnClean(command.file, command.args, brokered ? 4 : 3, { env: command.env, cwd: '/' });
    const { resolve } = this.#options;
    return brokeredChild(child, launchedChild(child, sandbox.tier), {
      rules: netRules(plugin.manifest, settings),
      refused,
      ...(resolve === undefined ? {} : { resolve }),
    });
  }
}

function nodeMajor(): number {
  return Number.parseInt(process.versions.node, 10);
}
