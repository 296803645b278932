import type { SecretRange } from '../core/domain/secret-range.js';

export type { SecretRange };

/** Finds what looks like a key, a token or a password in a text. */
export interface SecretDetector {
  /** The ranges in order, not overlapping; linear in the text's length. */
  find(text: string): readonly SecretRange[];
}
