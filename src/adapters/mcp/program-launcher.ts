import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { Writable } from 'node:stream';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { brokeredChild } from '../support/sandbox/brokered-child.js';
import { launchedChild, type PipedProcess } from '../support/sandbox/child-process.js';
import type { EgressBrokerParts } from '../support/sandbox/egress-broker.js';
import { type ForeignCommand, type ForeignProxy, foreignCommand } from '../support/sandbox/foreign-command.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';
import { killBelow } from '../support/sandbox/process-tree.js';
import { packageOf } from '../support/sandbox/pyra-package.js';
import type { Sandbox } from '../support/sandbox/sandbox.js';
import { SandboxFinder } from '../support/sandbox/sandbox-finder.js';
import { spawnClean } from '../support/sandbox/spawn-clean.js';
import { type TreeLimits, watchTree } from '../support/sandbox/tree-watch.js';
import { programPlan } from './program-plan.js';
import { proxyFile } from './proxy-file.js';
import type { ServerLaunch, StartsServers } from './starts-servers.js';

/** What a launcher is made from. */
export interface ProgramLauncherOptions {
  /** Pyra's home, absolute. */
  readonly home: string;
  /** Only this tier, and an error where it does not work: for tests. */
  readonly tier?: 'bwrap' | 'plain';
  /** The program that servers with granted hosts run behind; the one that was built by default. */
  readonly proxy?: string;
  /** Finds the addresses of a name, for the broker: for tests. */
  readonly resolve?: EgressBrokerParts['resolve'];
  /** For tests. */
  readonly limits?: TreeLimits;
}

const LIMITS: TreeLimits = { bytes: 1024 ** 3, processes: 256 };

/** Starts MCP servers that are programs: in bubblewrap with nothing but what the person granted, or, where that does not work, not kept in at all. */
export class ProgramLauncher implements StartsServers {
  readonly #options: ProgramLauncherOptions;
  readonly #sandbox: SandboxFinder;

  constructor(options: ProgramLauncherOptions) {
    this.#options = options;
    this.#sandbox = new SandboxFinder(options);
  }

  async tier(): Promise<SandboxTier> {
    const { sandbox, reason } = await this.#sandbox.find();
    const kept = sandbox.tier === 'bwrap';
    return { tier: kept ? 'bwrap' : 'plain', reason, networkEnforced: kept };
  }

  async launch(request: ServerLaunch): Promise<LaunchedChild> {
    try {
      return await this.#launch(request);
    } catch (error) {
      if (isPyraError(error)) throw error;
      const { code = 'an unknown fault' } = error as NodeJS.ErrnoException;
      throw fault(request, `its process cannot be made (${code})`, error);
    }
  }

  async #launch(request: ServerLaunch): Promise<LaunchedChild> {
    const { name, refused } = request;
    const { home, resolve } = this.#options;
    const { sandbox } = await this.#sandbox.find();
    const kept = sandbox.tier === 'bwrap';
    const pyra = [await realpath(process.execPath), packageOf(await realpath(import.meta.filename))];
    const plan = await programPlan(request, { home, person: homedir(), pyra, kept });
    if (typeof plan === 'string') throw fault(request, plan);
    const { rules, program } = plan;
    const proxy = kept && rules.length > 0 ? await this.#proxy() : undefined;
    const foreign = foreignCommand(sandbox, program, proxy);
    const child = await spawnClean(foreign.file, foreign.args, foreign.pipes, { env: foreign.env, cwd: foreign.cwd });
    giveTexts(child, foreign);
    const launched = this.#watched(child, sandbox);
    const parts = { rules, refused, who: `the server ${name}`, ...(resolve === undefined ? {} : { resolve }) };
    return proxy === undefined ? launched : brokeredChild(child, launched, parts);
  }

  async #proxy(): Promise<ForeignProxy> {
    const [node, script] = await Promise.all([realpath(process.execPath), realpath(this.#options.proxy ?? proxyFile())]);
    return { node, script };
  }

  #watched(child: PipedProcess, { tier }: Sandbox): LaunchedChild {
    // What is not kept in is started without `unshare`.
    const launched = launchedChild(child, tier === 'bwrap' ? tier : 'plain');
    let why: string | undefined;
    let gone = false;
    const kill = (): void => {
      // In bubblewrap everything dies with the first process.
      if (tier !== 'bwrap' && child.pid !== undefined && !gone) killBelow(child.pid);
      launched.kill();
    };
    const unwatch = watchTree(child.pid, this.#options.limits ?? LIMITS, (words) => {
      why = words;
      kill();
    });
    const ended = launched.ended.then((end) => {
      gone = true;
      unwatch();
      return why === undefined ? end : { ...end, why };
    });
    return { ...launched, kill, ended };
  }
}

function fault({ name }: ServerLaunch, why: string, cause?: unknown): PyraError {
  return new PyraError('mcp/unreachable', `the MCP server ${name} was not started: ${why}`, cause === undefined ? {} : { cause });
}

function giveTexts(child: PipedProcess, { firstText, texts }: ForeignCommand): void {
  for (const [index, text] of texts.entries()) {
    const pipe = child.stdio[firstText + index];
    if (!(pipe instanceof Writable)) continue;
    // Bubblewrap that ended early says so itself.
    pipe.on('error', () => undefined);
    pipe.end(text);
  }
}
