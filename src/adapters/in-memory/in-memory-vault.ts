import { PyraError } from '../../core/domain/errors.js';
import { isSecretName, type SecretName } from '../../core/domain/identifiers.js';
import { Secret } from '../../core/domain/secret.js';
import type { SecretStore, VaultLock } from '../../ports/vault.js';

/** A vault that forgets everything with its process: for tests and for scripts that bring their own secrets. */
export class InMemoryVault implements SecretStore, VaultLock {
  readonly #values = new Map<SecretName, string>();
  #passphrase: string | undefined;
  #open = false;

  async status(): Promise<'absent' | 'locked' | 'unlocked'> {
    if (this.#passphrase === undefined) return 'absent';
    return this.#open ? 'unlocked' : 'locked';
  }

  async create(passphrase: Secret): Promise<void> {
    if (this.#passphrase !== undefined) throw new PyraError('usage', 'there is a vault already');
    if (passphrase.reveal() === '') throw new PyraError('usage', 'an empty passphrase is refused');
    this.#passphrase = passphrase.reveal();
    this.#open = true;
  }

  async unlock(passphrase: Secret): Promise<void> {
    if (this.#passphrase === undefined) throw new PyraError('vault/absent', 'there is no vault yet');
    if (passphrase.reveal() !== this.#passphrase) {
      throw new PyraError('vault/wrong-passphrase', 'this passphrase does not open the vault');
    }
    this.#open = true;
  }

  async recover(passphrase: Secret): Promise<void> {
    await this.unlock(passphrase);
  }

  async lock(): Promise<void> {
    this.#open = false;
  }

  async names(): Promise<readonly SecretName[]> {
    return [...this.#values.keys()].sort();
  }

  async get(name: SecretName): Promise<Secret | undefined> {
    this.#requireOpen();
    const value = this.#values.get(name);
    return value === undefined ? undefined : new Secret(value);
  }

  async set(name: SecretName, value: Secret): Promise<void> {
    this.#requireOpen();
    if (!isSecretName(name)) throw new PyraError('usage', 'this is not a name for a secret');
    if (value.reveal() === '') throw new PyraError('usage', 'an empty value is refused');
    this.#values.set(name, value.reveal());
  }

  async delete(name: SecretName): Promise<boolean> {
    this.#requireOpen();
    return this.#values.delete(name);
  }

  #requireOpen(): void {
    if (!this.#open) throw new PyraError('vault/locked', 'the vault is locked');
  }
}
