import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import { Secret } from '../../core/domain/secret.js';
import type { SecretStore, VaultLock } from '../../ports/vault.js';
import { withFileLock } from '../support/file-lock.js';
import { createKeyring, type Keyring, NoMatch, openKeyring } from './keyring.js';
import { MAX_WORK_FACTOR, WorkFactorTooHigh } from './scrypt-stanza.js';
import { absent, alreadyThere, badName, damaged, locked, wrongPassphrase } from './vault-faults.js';
import { KEYRING, SEAL_KEY, secretFile, VaultFiles } from './vault-files.js';

/** How hard guessing the passphrase is, as the logarithm of scrypt's N: 18 takes a second and 256 MB, 16 a quarter of both. */
export const WORK_FACTOR = 18;

const MIN_WORK_FACTOR = 10;
const MAX_VALUE_BYTES = 262_144;
const SEAL_KEY_BYTES = 32;

/** Where a vault is, and how hard its passphrase is to guess when it is made. */
export interface AgeVaultOptions {
  /** The vault's folder. */
  readonly root: string;
  /** From 10 to 20; {@link WORK_FACTOR} when absent. */
  readonly workFactor?: number;
}

interface OpenVault {
  readonly keyring: Keyring;
  /** Of the keyring's file, to notice when it is replaced. */
  readonly fileDigest: string;
}

/**
 * Secrets as age files (https://age-encryption.org/v1), one each, sealed to the key in `keyring.age`, which is sealed under the passphrase.
 * The `age` command opens both. Every write happens under a lock that all processes share, and reads the keyring's file first: what is to
 * change the keyring or the passphrase later belongs under the same lock, and old versions of a value beside its file.
 */
export class AgeVault implements SecretStore, VaultLock {
  readonly #files: VaultFiles;
  readonly #workFactor: number;
  #open: OpenVault | undefined;
  #seal: Uint8Array | undefined;

  constructor(options: AgeVaultOptions) {
    this.#files = new VaultFiles(options.root);
    this.#workFactor = options.workFactor ?? WORK_FACTOR;
    if (!Number.isInteger(this.#workFactor) || this.#workFactor < MIN_WORK_FACTOR || this.#workFactor > MAX_WORK_FACTOR) {
      throw new PyraError('usage', `the work factor is a whole number from ${MIN_WORK_FACTOR} to ${MAX_WORK_FACTOR}`);
    }
  }

  async status(): Promise<'absent' | 'locked' | 'unlocked'> {
    if (this.#open !== undefined) return 'unlocked';
    return (await this.#files.exists()) ? 'locked' : 'absent';
  }

  async create(passphrase: Secret, options: { readonly workFactor?: number } = {}): Promise<void> {
    checkPassphrase(passphrase);
    const workFactor = options.workFactor ?? this.#workFactor;
    if (await this.#files.exists()) throw alreadyThere();
    const { keyring, file } = await createKeyring(passphrase, workFactor);
    await this.#locked(async () => {
      if (await this.#files.exists()) throw alreadyThere();
      if ((await this.#files.names()).length > 0) {
        throw damaged(KEYRING, 'it is missing, and there are secrets that only it can open');
      }
      await this.#files.writeSentinel();
      await this.#files.write(KEYRING, file);
    });
    this.#open = { keyring, fileDigest: digestOf(file) };
  }

  async unlock(passphrase: Secret): Promise<void> {
    const file = await this.#files.read(KEYRING);
    if (file === undefined) throw absent();
    if (passphrase.reveal() === '') throw wrongPassphrase();
    this.#open = { keyring: await keyringFrom(file, passphrase), fileDigest: digestOf(file) };
  }

  /** Writes a lost sentinel again, after the passphrase has opened the keyring; leaves the vault unlocked. */
  async recover(passphrase: Secret): Promise<void> {
    await this.unlock(passphrase);
    await this.#locked(() => this.#files.writeSentinel());
  }

  async lock(): Promise<void> {
    this.#open = undefined;
    this.#seal?.fill(0);
    this.#seal = undefined;
  }

  /**
   * The key with which the audit log seals its entries, made when it is first asked for; `undefined` while the vault is locked. It is a file
   * of its own, not a secret with a name, so that no tool or plugin can be granted it.
   */
  async sealKey(): Promise<Uint8Array | undefined> {
    if (this.#open === undefined) return undefined;
    const { keyring } = this.#open;
    this.#seal ??= (await this.#readSealKey(keyring)) ?? (await this.#makeSealKey(keyring));
    // A copy: the caller may still use it when the vault is locked and this one is wiped.
    return Buffer.from(this.#seal);
  }

  async names(): Promise<readonly SecretName[]> {
    return this.#files.names();
  }

  async get(name: SecretName): Promise<Secret | undefined> {
    const { keyring } = this.#opened();
    const sealed = await this.#files.readSecret(name);
    if (sealed === undefined) return undefined;
    const file = secretFile(name) ?? '';
    const plaintext = await keyring.open(sealed).catch((error: unknown) => {
      const why = error instanceof NoMatch ? 'it is not sealed to the key of this vault' : 'it was changed or cut short';
      throw damaged(file, why, error);
    });
    try {
      return new Secret(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext));
    } catch (error) {
      throw damaged(file, 'its content is not text', error);
    } finally {
      plaintext.fill(0);
    }
  }

  async set(name: SecretName, value: Secret): Promise<void> {
    const { keyring } = this.#opened();
    if (secretFile(name) === undefined) throw badName();
    const plaintext = Buffer.from(value.reveal(), 'utf8');
    try {
      if (plaintext.length === 0)
        throw new PyraError('usage', 'an empty value is refused', { hint: 'to remove a secret: pyra vault rm NAME' });
      if (plaintext.length > MAX_VALUE_BYTES) throw new PyraError('usage', `a value has at most ${MAX_VALUE_BYTES} bytes`);
      const sealed = await keyring.seal(plaintext);
      await this.#changing(() => this.#files.writeSecret(name, sealed));
    } finally {
      plaintext.fill(0);
    }
  }

  async delete(name: SecretName): Promise<boolean> {
    this.#opened();
    return this.#changing(() => this.#files.removeSecret(name));
  }

  async #readSealKey(keyring: Keyring): Promise<Uint8Array | undefined> {
    const sealed = await this.#files.read(SEAL_KEY);
    if (sealed === undefined) return undefined;
    const key = await keyring.open(sealed).catch((error: unknown) => {
      throw damaged(SEAL_KEY, 'it was changed or cut short', error);
    });
    return Buffer.from(key);
  }

  async #makeSealKey(keyring: Keyring): Promise<Uint8Array> {
    const key = randomBytes(SEAL_KEY_BYTES);
    const sealed = await keyring.seal(key);
    return this.#changing(async () => {
      // Another process may have made one meanwhile.
      const earlier = await this.#readSealKey(keyring);
      if (earlier !== undefined) return earlier;
      await this.#files.write(SEAL_KEY, sealed);
      return key;
    });
  }

  #opened(): OpenVault {
    if (this.#open === undefined) throw locked();
    return this.#open;
  }

  /** Runs a change under the lock, if the keyring is still the one that was opened: else a value would be sealed to a key that is gone. */
  #changing<T>(change: () => Promise<T>): Promise<T> {
    return this.#locked(async () => {
      const { fileDigest } = this.#opened();
      const file = await this.#files.read(KEYRING);
      if (file === undefined || digestOf(file) !== fileDigest) {
        this.#open = undefined;
        throw new PyraError('vault/locked', 'the keyring was replaced since it was opened', { hint: 'open the vault again' });
      }
      return change();
    });
  }

  async #locked<T>(run: () => Promise<T>): Promise<T> {
    await this.#files.makeFolders();
    return withFileLock(join(this.#files.root, '.lock'), async () => {
      await this.#files.sweep();
      return run();
    });
  }
}

async function keyringFrom(file: Uint8Array, passphrase: Secret): Promise<Keyring> {
  try {
    return await openKeyring(file, passphrase);
  } catch (error) {
    if (error instanceof NoMatch) throw wrongPassphrase();
    if (error instanceof WorkFactorTooHigh) {
      throw damaged(
        KEYRING,
        `it asks for the work factor ${error.workFactor}, and more than ${MAX_WORK_FACTOR} would take gigabytes of memory`,
      );
    }
    throw damaged(KEYRING, 'it was changed or cut short', error);
  }
}

function checkPassphrase(passphrase: Secret): void {
  if (passphrase.reveal() === '') throw new PyraError('usage', 'an empty passphrase is refused');
}

function digestOf(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}
