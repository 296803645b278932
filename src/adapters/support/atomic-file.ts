import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fsync, lstatSync, openSync, renameSync, writeFile, writeFileSync } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { removeTree } from './remove-tree.js';
import { plantedLink, systemErrorCode, writeError } from './write-error.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/;
const TEMPORARY_MAX_AGE_MS = 10 * 60_000;
/** In bytes, or characters. */
const WRITTEN_AT_ONCE = 65_536;

const synced = promisify(fsync);
const writeLarge = promisify(writeFile) as (file: number, content: string | Uint8Array) => Promise<void>;

/**
 * Writes a file whole or not at all: a temporary file beside it, its mode set on the open descriptor (so that no umask and no older file
 * matters), fsync, rename, fsync of the directory. On return the new content survives a power cut; until then the old one is there, and
 * with `lag` for a while after it too: the directory is not waited for.
 * Throws `home/insecure` for a symbolic link at `path`, `home/unwritable` for a full disk and the like.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode: number,
  options: { readonly lag?: true } = {},
): Promise<void> {
  refuseLink(path);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    // What the disk does at once is not handed to another thread, which takes longer than the work; what waits for the disk is.
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      fchmodSync(file, mode);
      if (content.length <= WRITTEN_AT_ONCE) writeFileSync(file, content);
      else await writeLarge(file, content);
      await synced(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    if (options.lag !== true) await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(error, path);
  }
}

/** Makes the names in a directory survive a power cut. Does nothing on systems that cannot open directories. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    await synced(directory);
  } finally {
    closeSync(directory);
  }
}

/** Removes the temporary files and folders that killed writers left in a directory: those whose process is gone and that are older than ten minutes. */
export async function sweepTemporaryFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = Number(TEMPORARY.exec(name)?.[1]);
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    const path = join(folder, name);
    const status = await lstat(path).catch(() => undefined);
    if (status === undefined || Date.now() - status.mtimeMs <= TEMPORARY_MAX_AGE_MS) continue;
    const heap = join(folder, `.swept.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    await removeTree(path, heap).catch(() => undefined);
  }
}

/** Whether a name is that of a temporary file of {@link writeFileAtomic}. */
export function isTemporaryFile(name: string): boolean {
  return TEMPORARY.test(name);
}

function refuseLink(path: string): void {
  try {
    if (lstatSync(path).isSymbolicLink()) throw plantedLink(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw writeError(error, path);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}
