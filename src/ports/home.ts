import type { Finding } from '../core/domain/finding.js';

/** The person's directory with everything that Pyra keeps. */
export interface Home {
  /**
   * Makes what is missing, repairs too wide modes of what is the person's, and refuses the rest: `home/insecure` for a foreign owner or a
   * planted link, and last, when all else is done, `vault/absent` when an existing home has lost its vault sentinel. Idempotent. Gives what
   * was repaired. Looks at the top of the tree alone, since it runs at every start; with `everything` at each file below it, too.
   */
  prepare(options?: { readonly everything?: boolean }): Promise<readonly Finding[]>;
  /** Looks at everything without changing anything. */
  inspect(): Promise<readonly Finding[]>;
}
