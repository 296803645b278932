import { type ChildProcess, type IOType, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { homePaths } from '../support/home-paths.js';
import { BROKER_FD, BROKERED } from '../support/sandbox/broker-channel.js';
import { launchedChild, type PipedProcess } from '../support/sandbox/child-process.js';
import { EgressBroker, type EgressBrokerParts } from '../support/sandbox/egress-broker.js';
import { inheritedDescriptors } from '../support/sandbox/inherited-descriptors.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';
import { SandboxCache } from '../support/sandbox/sandbox-cache.js';
import { sandboxCommand } from '../support/sandbox/sandbox-command.js';
import { type Probed, probeSandbox } from '../support/sandbox/sandbox-probe.js';
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
  #probed: Promise<Probed> | undefined;

  constructor(options: ChildLauncherOptions) {
    this.#options = options;
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
    const { sandbox, reason } = await this.#probe();
    return { tier: sandbox.tier, reason, networkEnforced: sandbox.tier !== 'plain' || nodeMajor() >= NETWORK_DENIED_SINCE };
  }

  async #launch({ plugin, runtime, settings, refused }: LaunchRequest): Promise<LaunchedChild> {
    const places = { home: this.#options.home, person: homedir() };
    const [{ sandbox }, folders] = await Promise.all([this.#probe(), pluginFolders(plugin, runtime, places)]);
    const brokered = plugin.manifest.permissions.net.length > 0;
    const script = { file: runtime, args: brokered ? [BROKERED] : [] };
    const command = sandboxCommand(sandbox, await realpath(process.execPath), folders, script);
    const child = spawnWith(command.file, command.args, brokered ? 4 : 3, {
      env: command.env,
      cwd: '/',
      // A group of its own: an interrupt from the keyboard is for Pyra, and everything in the group can be killed at once.
      detached: true,
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const launched = launchedChild(child as PipedProcess, sandbox.tier);
    const channel = child.stdio[BROKER_FD];
    if (!(channel instanceof Duplex)) return launched;
    const { resolve } = this.#options;
    const broker = new EgressBroker({
      channel,
      rules: netRules(plugin.manifest, settings),
      refused,
      broken: (why) => {
        refused(`it sent the broker ${why}`);
        launched.kill();
      },
      ...(resolve === undefined ? {} : { resolve }),
    });
    return {
      ...launched,
      hold: (alive) => {
        launched.hold(alive);
        broker.hold(alive);
      },
    };
  }

  #probe(): Promise<Probed> {
    this.#probed ??= this.#find().catch((error: unknown) => {
      this.#probed = undefined;
      throw error;
    });
    return this.#probed;
  }

  async #find(): Promise<Probed> {
    const { home, tier } = this.#options;
    const node = await realpath(process.execPath);
    if (tier !== undefined) return probeSandbox(node, tier);
    const cache = new SandboxCache(join(homePaths(home).state, 'sandbox.json'), node);
    const kept = await cache.load();
    if (kept !== undefined) return kept;
    const probed = await probeSandbox(node);
    await cache.save(probed);
    return probed;
  }
}

/** Starts a process that has this many pipes, and nothing else of what this process has open. */
function spawnWith(file: string, args: readonly string[], pipes: number, options: Omit<SpawnOptions, 'stdio'>): ChildProcess {
  const inherited = inheritedDescriptors(pipes);
  const nothing = inherited.length > 0 ? openSync('/dev/null', 'r') : undefined;
  try {
    const last = inherited.at(-1) ?? pipes - 1;
    const stdio = Array.from({ length: last + 1 }, (_, descriptor): IOType | number => {
      if (descriptor < pipes) return 'pipe';
      return nothing !== undefined && inherited.includes(descriptor) ? nothing : 'ignore';
    });
    return spawn(file, args, { ...options, stdio });
  } finally {
    if (nothing !== undefined) closeSync(nothing);
  }
}

function nodeMajor(): number {
  return Number.parseInt(process.versions.node, 10);
}
