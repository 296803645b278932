import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fchmodSync, fsyncSync, openSync, readdirSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import type { Home } from '../../ports/home.js';
import { sweepTemporaryFiles } from '../support/atomic-file.js';
import { type HomePaths, homePaths } from '../support/home-paths.js';
import { makeFolders } from '../support/make-folders.js';
import { systemErrorCode, writeError } from '../support/write-error.js';
import { type HomeEntry, homeFiles, homeFolders } from './home-layout.js';
import { inspectHome, repairHome } from './home-walk.js';
import { isTooWide, modeFinding, narrowMode, refuseForeign, shownPath, statusOf } from './mode-check.js';

const SENTINEL_TEXT = 'Pyra refuses to start without this file: it shows that the vault is still there.\n';

/** A home in a directory of the file system. */
export class PyraHome implements Home {
  readonly #root: string;

  /** `root`: the absolute path of the home. A symbolic link there is followed; nowhere below it. */
  constructor(root: string) {
    this.#root = root;
  }

  async prepare(options: { readonly everything?: boolean } = {}): Promise<readonly Finding[]> {
    makeFolder(this.#root);
    const paths = homePaths(realpathSync(this.#root));
    const repaired: Finding[] = [];
    const check = (entry: HomeEntry): boolean => this.#check(paths, entry, repaired);
    check({ path: paths.root, kind: 'directory', mode: 0o700 });
    for (const folder of homeFolders(paths)) {
      if (!check(folder)) makeFolder(folder.path);
    }
    for (const file of homeFiles(paths)) check(file);
    if (options.everything === true) repaired.push(...repairHome(paths));
    for (const folder of [paths.root, paths.logs, paths.state, paths.vault, paths.secrets]) await sweepTemporaryFiles(folder);
    ensureSentinel(paths);
    return repaired;
  }

  async inspect(): Promise<readonly Finding[]> {
    return inspectHome(this.#root);
  }

  /** Whether the entry is there; what is there is refused or repaired. */
  #check(paths: HomePaths, entry: HomeEntry, repaired: Finding[]): boolean {
    const status = statusOf(entry.path);
    if (status === undefined) return false;
    const shown = shownPath(paths.root, entry.path);
    refuseForeign(status, entry, shown);
    if (isTooWide(status.mode, entry.mode)) {
      narrowMode(entry.path, status.mode & entry.mode);
      repaired.push(modeFinding(shown, status.mode, entry.mode, true));
    }
    return true;
  }
}

/** Whether anything of a home's own is there, so that a missing sentinel means a loss and not a first start. */
export function isExistingHome(paths: HomePaths): boolean {
  if (statusOf(paths.config) !== undefined || statusOf(paths.vault) !== undefined) return true;
  return ['user', 'context', 'knowledge'].some((name) => namesIn(join(paths.memory, name)).some((note) => note.endsWith('.md')));
}

function ensureSentinel(paths: HomePaths): void {
  if (statusOf(paths.vaultSentinel) !== undefined) return;
  if (!isExistingHome(paths)) {
    makeVault(paths);
    return;
  }
  const hint =
    statusOf(paths.keyring) === undefined
      ? 'restore vault/ from a backup; if this home never had a vault, run: pyra vault init'
      : 'if you know why, run: pyra vault init --recover (it asks for the passphrase); else restore vault/ from a backup';
  throw new PyraError('vault/absent', 'vault/.vault_lock is missing: the vault was lost or tampered with', { hint });
}

/** Makes the vault's folder with its sentinel in one step: a folder without one would look like a loss at the next start. */
function makeVault(paths: HomePaths): void {
  const temporary = join(paths.root, `.vault.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    makeFolder(temporary);
    const descriptor = openSync(join(temporary, '.vault_lock'), 'wx', 0o400);
    try {
      fchmodSync(descriptor, 0o400);
      writeSync(descriptor, SENTINEL_TEXT);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, paths.vault);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process made it at the same moment.
    if (statusOf(paths.vaultSentinel) === undefined) throw writeError(error, paths.vault);
  }
}

function makeFolder(path: string): void {
  try {
    // The umask may have taken even the owner's rights away.
    if (makeFolders(path)) chmodSync(path, 0o700);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw new PyraError('home/insecure', `${path} is not a folder`, { hint: 'move it away' });
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
      throw new PyraError('home/unwritable', `${path} cannot be made there`, {
        hint: 'set PYRA_HOME to a folder that can be written',
        cause: error,
      });
    }
    throw writeError(error, path);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
