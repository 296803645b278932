import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxTier } from '../../../core/domain/plugin.js';
import { homePaths } from '../home-paths.js';
import { SandboxCache } from './sandbox-cache.js';
import { type Probed, probeSandbox } from './sandbox-probe.js';

/** What a {@link SandboxFinder} is made from. */
export interface SandboxFinderOptions {
  /** Pyra's home, absolute. */
  readonly home: string;
  /** Only this tier, and an error where it does not work: for tests. */
  readonly tier?: SandboxTier['tier'];
}

/** Finds the strongest sandbox that works here: once for this process, and from what an earlier one kept of it. */
export class SandboxFinder {
  readonly #options: SandboxFinderOptions;
  #probed: Promise<Probed> | undefined;

  constructor(options: SandboxFinderOptions) {
    this.#options = options;
  }

  /** The sandbox, and why it is no stronger one. */
  find(): Promise<Probed> {
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
