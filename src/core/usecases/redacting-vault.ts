import type { SecretStore, VaultLock } from '../../ports/vault.js';
import type { Redactor } from '../domain/redaction.js';
import type { Secret } from '../domain/secret.js';
import { RedactingSecrets } from './redacting-secrets.js';

/** A whole vault whose values the redactor knows; see {@link RedactingSecrets}. Passphrases are remembered like values. */
export class RedactingVault extends RedactingSecrets implements VaultLock {
  readonly #lock: VaultLock;
  readonly #remember: (passphrase: Secret) => void;

  constructor(inner: SecretStore & VaultLock, redactor: Redactor) {
    super(inner, redactor);
    this.#lock = inner;
    this.#remember = (passphrase) => redactor.remember(passphrase);
  }

  status(): ReturnType<VaultLock['status']> {
    return this.#lock.status();
  }

  async create(passphrase: Secret, options?: Parameters<VaultLock['create']>[1]): Promise<void> {
    this.#remember(passphrase);
    await this.#lock.create(passphrase, options);
  }

  async unlock(passphrase: Secret): Promise<void> {
    this.#remember(passphrase);
    await this.#lock.unlock(passphrase);
  }

  async recover(passphrase: Secret): Promise<void> {
    this.#remember(passphrase);
    await this.#lock.recover(passphrase);
  }

  lock(): Promise<void> {
    return this.#lock.lock();
  }
}
