import type { Finding } from '../core/domain/finding.js';

/** The person's directory with everything that Pyra keeps. */
export interface Home {
  /**
   * Makes what is missing, repairs too wide modes of what is the person's, and refuses the rest: `home/insecure` for a foreign owner or a
   * planted link, `vault/absent` when an existing home has lost its vault sentinel. Idempotent. Gives what was repaired.
   */
  prepare(): Promise<readonly Finding[]>;
  /** Looks without changing anything. */
  inspect(): Promise<readonly Finding[]>;
}
