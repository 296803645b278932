import type { Instant } from '../core/domain/identifiers.js';
import type { Secret } from '../core/domain/secret.js';

/** How long a running unlock agent holds the vault open. */
export interface UnlockAgentState {
  /** When it ends whatever happens. */
  readonly until: Instant;
  /** When it ends if nobody asks it for a secret before. */
  readonly idleUntil: Instant;
}

/** A process of its own that holds the vault open for a while, so that other processes need no passphrase and no second to open it. */
export interface UnlockAgent {
  /** What the running agent says; `undefined` when none is running. */
  status(): Promise<UnlockAgentState | undefined>;
  /**
   * Starts one that holds the vault open for `forMs` milliseconds, in place of one that is running; on return it answers.
   * `vault/wrong-passphrase` and `vault/absent` start none, and leave a running one alone.
   */
  start(passphrase: Secret, forMs: number): Promise<UnlockAgentState>;
  /** Ends it and waits for its end; false when none was running. */
  stop(): Promise<boolean>;
}
