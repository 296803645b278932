import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import type { Secret } from '../../core/domain/secret.js';
import type { SecretReader, SecretStore } from '../../ports/vault.js';
import type { Endpoint } from './endpoint.js';
import type { Fetch } from './sealed-fetch.js';

/** A vault as far as models need it; `names` lets a provider without a key leave the vault shut. */
export type KeyReader = SecretReader & Partial<Pick<SecretStore, 'names'>>;

/** The way to one endpoint: where it is, how to reach it, and what opens it. */
export class Connection {
  readonly endpoint: Endpoint;
  readonly #secrets: KeyReader;
  readonly #openFetch: (endpoint: Endpoint) => Promise<Fetch>;

  constructor(endpoint: Endpoint, secrets: KeyReader, openFetch: (endpoint: Endpoint) => Promise<Fetch>) {
    this.endpoint = endpoint;
    this.#secrets = secrets;
    this.#openFetch = openFetch;
  }

  /**
   * The key, from the vault, now; `undefined` where none is needed and none is stored. Throws `model/auth` for a missing key, and
   * `settings/invalid` before a key would travel readable through the internet.
   */
  async key(): Promise<Secret | undefined> {
    const { provider, keySafe, host } = this.endpoint;
    const name = provider.id as SecretName;
    if (!provider.needsKey && !(await this.#isStored(name))) return undefined;
    if (!keySafe) {
      throw new PyraError('settings/invalid', `the key for ${provider.displayName} would travel readable to ${host}`, {
        hint: 'use https:// in ai.base_url',
      });
    }
    const key = await this.#secrets.get(name);
    if (key === undefined && provider.needsKey) {
      throw new PyraError('model/auth', `there is no key for ${provider.displayName} in the vault`, {
        hint: `store one with: pyra vault set ${provider.id}${provider.advice === undefined ? '' : `; ${provider.advice}`}`,
      });
    }
    return key;
  }

  /** How requests are made: directly, or through the proxy of the environment. */
  fetch(): Promise<Fetch> {
    return this.#openFetch(this.endpoint);
  }

  async #isStored(name: SecretName): Promise<boolean> {
    try {
      return (await this.#secrets.names?.())?.includes(name) ?? false;
    } catch (error) {
      if (isPyraError(error, 'vault/absent')) return false;
      throw error;
    }
  }
}
