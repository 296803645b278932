import type { SecretName } from '../core/domain/identifiers.js';
import type { Secret } from '../core/domain/secret.js';

/** Gives single secrets by name. */
export interface SecretReader {
  /** The value, decrypted now; `undefined` for an unknown name; `vault/locked` when the vault is not open, `vault/corrupt` when the stored form is damaged. */
  get(name: SecretName): Promise<Secret | undefined>;
}

/** Keeps secrets; whoever holds it can change them. */
export interface SecretStore extends SecretReader {
  /** All names, sorted; needs no open vault. */
  names(): Promise<readonly SecretName[]>;
  /** Stores a value; an interrupted write keeps the old one. `vault/locked` when the vault is not open. */
  set(name: SecretName, value: Secret): Promise<void>;
  /** Removes a value; false when there was none. `vault/locked` when the vault is not open. */
  delete(name: SecretName): Promise<boolean>;
}

/** Opens and closes the vault. */
export interface VaultLock {
  status(): Promise<'absent' | 'locked' | 'unlocked'>;
  /**
   * Makes an empty vault; throws `usage` when there is one already. Leaves it unlocked. `workFactor` says how costly a guess of the
   * passphrase is, as the logarithm of the work (10 to 20); the adapter's default when absent.
   */
  create(passphrase: Secret, options?: { readonly workFactor?: number }): Promise<void>;
  /** Opens the vault for this process; `vault/wrong-passphrase` changes nothing; `vault/absent` when there is none. */
  unlock(passphrase: Secret): Promise<void>;
  /** Opens the vault as {@link VaultLock.unlock} does, then mends what marks it as a vault, such as a lost sentinel. */
  recover(passphrase: Secret): Promise<void>;
  /** Forgets the keys; idempotent. */
  lock(): Promise<void>;
}

/**
 * How a vault gets its passphrase when a secret is needed: `attempt` counts from 1 and goes up after a wrong one. Answers `undefined` when
 * nobody can be asked (again); throws an AbortError when the person cancels.
 */
export type AskPassphrase = (attempt: number) => Promise<Secret | undefined>;
