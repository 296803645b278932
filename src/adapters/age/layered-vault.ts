import { isPyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { Secret } from '../../core/domain/secret.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { AskPassphrase, SecretReader, SecretStore, VaultLock } from '../../ports/vault.js';
import { absent, locked } from './vault-faults.js';
import { VaultFiles } from './vault-files.js';

/** The vault of this process, whose code is loaded when it is first needed. */
export type OwnVault = SecretStore & VaultLock & { sealKey(): Promise<Uint8Array | undefined> };

/** What a layered vault is made from. */
export interface LayeredVaultParts {
  /** The vault's folder. */
  readonly root: string;
  /** Loads the vault of this process; called once. */
  readonly open: () => Promise<OwnVault>;
  /** The unlock agent, which throws `vault/locked` where none is running. */
  readonly agent: SecretReader & { status(): Promise<unknown> };
  readonly askPassphrase: AskPassphrase;
  readonly audit: AuditLog;
  readonly system: Pick<System, 'now'>;
}

const MAX_ATTEMPTS = 3;

/**
 * The vault as everybody uses it: a secret comes from this process if it has the vault open, else from the unlock agent, else the passphrase
 * is asked for, once per process. Changes always open the vault in this process. Every use is an audit entry.
 */
export class LayeredVault implements SecretStore, VaultLock {
  readonly #parts: LayeredVaultParts;
  readonly #files: VaultFiles;
  #own: OwnVault | undefined;
  #opening: Promise<OwnVault> | undefined;

  constructor(parts: LayeredVaultParts) {
    this.#parts = parts;
    this.#files = new VaultFiles(parts.root);
  }

  async status(): Promise<'absent' | 'locked' | 'unlocked'> {
    const own = (await this.#own?.status()) ?? ((await this.#files.exists()) ? 'locked' : 'absent');
    if (own !== 'locked') return own;
    return (await this.#parts.agent.status()) === undefined ? 'locked' : 'unlocked';
  }

  async create(passphrase: Secret, options?: { readonly workFactor?: number }): Promise<void> {
    const own = await this.#load();
    await own.create(passphrase, options);
    await this.#record('vault-create', {});
  }

  async unlock(passphrase: Secret): Promise<void> {
    await this.#open(passphrase, 'unlock');
  }

  async recover(passphrase: Secret): Promise<void> {
    await this.#open(passphrase, 'recover');
  }

  async lock(): Promise<void> {
    await this.#own?.lock();
  }

  names(): Promise<readonly SecretName[]> {
    return this.#files.names();
  }

  async get(name: SecretName): Promise<Secret | undefined> {
    // Nobody is asked for a passphrase to learn that there is nothing.
    if (!(await this.#files.has(name))) return undefined;
    const own = this.#own;
    if (own === undefined || (await own.status()) !== 'unlocked') {
      try {
        return await this.#parts.agent.get(name);
      } catch (error) {
        if (!isPyraError(error, 'vault/locked')) throw error;
      }
    }
    const value = await (await this.#opened()).get(name);
    await this.#record('vault-read', { name, outcome: value === undefined ? 'unknown' : 'given' });
    return value;
  }

  async set(name: SecretName, value: Secret): Promise<void> {
    await (await this.#opened()).set(name, value);
    await this.#record('vault-write', { name });
  }

  async delete(name: SecretName): Promise<boolean> {
    const removed = await (await this.#opened()).delete(name);
    if (removed) await this.#record('vault-delete', { name });
    return removed;
  }

  /** The key of the audit log's seals while this process has the vault open, else `undefined`. Never asks. */
  async sealKey(): Promise<Uint8Array | undefined> {
    return this.#own?.sealKey();
  }

  async #load(): Promise<OwnVault> {
    this.#own ??= await this.#parts.open();
    return this.#own;
  }

  async #open(passphrase: Secret, how: 'unlock' | 'recover'): Promise<OwnVault> {
    const own = await this.#load();
    try {
      await own[how](passphrase);
    } catch (error) {
      if (isPyraError(error, 'vault/wrong-passphrase')) await this.#record('vault-wrong-passphrase', {});
      throw error;
    }
    await this.#record(`vault-${how}`, {});
    return own;
  }

  async #opened(): Promise<OwnVault> {
    const own = await this.#load();
    if ((await own.status()) === 'unlocked') return own;
    // Several that need a secret at once ask one question.
    this.#opening ??= this.#ask().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #ask(): Promise<OwnVault> {
    if (!(await this.#files.exists())) throw absent();
    let wrong: unknown;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const passphrase = await this.#parts.askPassphrase(attempt);
      if (passphrase === undefined) break;
      try {
        return await this.#open(passphrase, 'unlock');
      } catch (error) {
        if (!isPyraError(error, 'vault/wrong-passphrase')) throw error;
        wrong = error;
      }
    }
    throw wrong ?? locked();
  }

  #record(event: string, detail: JsonObject): Promise<void> {
    return this.#parts.audit.append({ log: 'security', event, at: this.#parts.system.now(), detail: { by: 'process', ...detail } });
  }
}
