import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretName, type SecretName } from '../../core/domain/identifiers.js';
import { sweepTemporaryFiles, syncDirectory, writeFileAtomic } from '../support/atomic-file.js';
import { safePath } from '../support/safe-path.js';
import { systemErrorCode } from '../support/write-error.js';
import { badName, damaged } from './vault-faults.js';

/** The sentinel: a home that has lost it is refused, so that an emptied vault folder is noticed. */
export const SENTINEL = '.vault_lock';

/** The file with the key, under the passphrase. */
export const KEYRING = 'keyring.age';

/** The file with the key of the audit log's seals. */
export const SEAL_KEY = 'audit-seal.age';

const SECRETS = 'secrets';
const ENDING = '.age';
// Leaves room for what an atomic write adds to a name while it is temporary.
const MAX_NAME_BYTES = 200;
const MAX_FILE_BYTES = 1_048_576;
const FILE_MODE = 0o400;
const FOLDER_MODE = 0o700;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** The files of a vault and their modes; knows nothing of what is in them, so that listing names loads no cryptography. */
export class VaultFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Whether there is a keyring. */
  async exists(): Promise<boolean> {
    return (await lstat(join(this.root, KEYRING)).catch(() => undefined)) !== undefined;
  }

  /** The names of all secrets, sorted; files that no secret's name leads to are not among them. */
  async names(): Promise<readonly SecretName[]> {
    const files = await readdir(join(this.root, SECRETS)).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    });
    return files
      .map(secretNameOf)
      .filter((name) => name !== undefined)
      .sort();
  }

  async has(name: SecretName): Promise<boolean> {
    const file = secretFile(name);
    return file !== undefined && (await lstat(join(this.root, file)).catch(() => undefined)) !== undefined;
  }

  /** The sealed bytes of a secret; `undefined` when there is none. */
  async readSecret(name: SecretName): Promise<Uint8Array | undefined> {
    const file = secretFile(name);
    return file === undefined ? undefined : this.#read(file);
  }

  /** The bytes of one of the vault's own files; `undefined` when it is not there. */
  async read(file: typeof KEYRING | typeof SEAL_KEY): Promise<Uint8Array | undefined> {
    return this.#read(file);
  }

  async writeSecret(name: SecretName, sealed: Uint8Array): Promise<void> {
    const file = secretFile(name);
    if (file === undefined) throw badName();
    await this.#write(file, sealed);
  }

  /** Writes one of the vault's own files. */
  async write(file: typeof KEYRING | typeof SEAL_KEY, sealed: Uint8Array): Promise<void> {
    await this.#write(file, sealed);
  }

  /** Writes the sentinel, if it is not there. */
  async writeSentinel(): Promise<void> {
    await this.makeFolders();
    const path = await this.#path(SENTINEL);
    if ((await lstat(path).catch(() => undefined)) !== undefined) return;
    await writeFileAtomic(path, 'This file tells Pyra that the vault is in place. Keep it beside keyring.age.\n', FILE_MODE);
  }

  /** Removes a secret's file; false when there was none. */
  async removeSecret(name: SecretName): Promise<boolean> {
    const file = secretFile(name);
    if (file === undefined) return false;
    const path = await this.#path(file);
    try {
      await unlink(path);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    }
    await syncDirectory(join(this.root, SECRETS));
    return true;
  }

  /** Makes the folders, with their modes whatever the umask is. */
  async makeFolders(): Promise<void> {
    for (const folder of [this.root, join(this.root, SECRETS)]) {
      if ((await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) !== undefined) await chmod(folder, FOLDER_MODE);
    }
  }

  /** Removes what killed writers left behind. */
  async sweep(): Promise<void> {
    for (const folder of [this.root, join(this.root, SECRETS)]) await sweepTemporaryFiles(folder);
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await this.makeFolders();
    await writeFileAtomic(await this.#path(file), bytes, FILE_MODE);
  }

  #path(file: string): Promise<string> {
    return safePath(this.root, file);
  }

  async #read(file: string): Promise<Uint8Array | undefined> {
    const path = await this.#path(file).catch((error: unknown) => {
      throw damaged(file, 'it is not a plain file', error);
    });
    let handle: Awaited<ReturnType<typeof open>>;
    try {
      // Not waiting for a writer: a pipe that was planted here would hold the program for ever.
      handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      if (systemErrorCode(error) === 'ELOOP') throw damaged(file, 'it is not a plain file', error);
      throw error;
    }
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw damaged(file, 'it is not a plain file');
      if (status.size > MAX_FILE_BYTES) throw damaged(file, 'it is far too large');
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }
}

/** The file of a secret below the vault's folder: its name percent-encoded; `undefined` where no file can have it. */
export function secretFile(name: string): string | undefined {
  if (!isSecretName(name)) return undefined;
  const encoded = encodeURIComponent(name) + ENDING;
  return encoded.length > MAX_NAME_BYTES ? undefined : `${SECRETS}/${encoded}`;
}

function secretNameOf(file: string): SecretName | undefined {
  if (!file.endsWith(ENDING)) return undefined;
  try {
    const name = decodeURIComponent(file.slice(0, -ENDING.length));
    return secretFile(name) === `${SECRETS}/${file}` ? (name as SecretName) : undefined;
  } catch {
    return undefined;
  }
}
