import type { SecretStore } from '../../ports/vault.js';
import type { SecretName } from '../domain/identifiers.js';
import type { Redactor } from '../domain/redaction.js';
import type { Secret } from '../domain/secret.js';

/** A secret store that tells the redactor every value that passes, before it passes: results, logs and transcripts can then not hold it. */
export class RedactingSecrets implements SecretStore {
  readonly #inner: SecretStore;
  readonly #redactor: Redactor;

  constructor(inner: SecretStore, redactor: Redactor) {
    this.#inner = inner;
    this.#redactor = redactor;
  }

  async get(name: SecretName): Promise<Secret | undefined> {
    const secret = await this.#inner.get(name);
    if (secret !== undefined) this.#redactor.remember(secret);
    return secret;
  }

  names(): Promise<readonly SecretName[]> {
    return this.#inner.names();
  }

  async set(name: SecretName, value: Secret): Promise<void> {
    this.#redactor.remember(value);
    await this.#inner.set(name, value);
  }

  delete(name: SecretName): Promise<boolean> {
    return this.#inner.delete(name);
  }
}
