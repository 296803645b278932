import { PyraError } from '../../core/domain/errors.js';
import { instantOf } from '../../core/domain/identifiers.js';
import type { Secret } from '../../core/domain/secret.js';
import type { UnlockAgent, UnlockAgentState } from '../../ports/unlock-agent.js';
import type { VaultLock } from '../../ports/vault.js';

const IDLE_MS = 30 * 60_000;

/** An unlock agent without a process: it ends with this one. */
export class InMemoryUnlockAgent implements UnlockAgent {
  readonly #vault: Pick<VaultLock, 'status' | 'unlock'>;
  readonly #now: () => number;
  #state: { readonly untilMs: number; readonly idleMs: number } | undefined;

  /** `vault` judges the passphrase; `now` gives the time in milliseconds. */
  constructor(vault: Pick<VaultLock, 'status' | 'unlock'>, now: () => number = Date.now) {
    this.#vault = vault;
    this.#now = now;
  }

  async status(): Promise<UnlockAgentState | undefined> {
    const now = this.#now();
    if (this.#state === undefined || now >= this.#state.untilMs || now >= this.#state.idleMs) this.#state = undefined;
    return this.#state && { until: instantOf(this.#state.untilMs), idleUntil: instantOf(this.#state.idleMs) };
  }

  async start(passphrase: Secret, forMs: number): Promise<UnlockAgentState> {
    if (!Number.isFinite(forMs) || forMs <= 0 || forMs > 7 * 24 * 3_600_000) {
      throw new PyraError('usage', 'the vault can be held open for more than nothing and at most seven days');
    }
    await this.#vault.unlock(passphrase);
    const untilMs = this.#now() + forMs;
    this.#state = { untilMs, idleMs: Math.min(untilMs, this.#now() + IDLE_MS) };
    return { until: instantOf(this.#state.untilMs), idleUntil: instantOf(this.#state.idleMs) };
  }

  async stop(): Promise<boolean> {
    const running = (await this.status()) !== undefined;
    this.#state = undefined;
    return running;
  }
}
