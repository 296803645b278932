import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removeTree } from './remove-tree.js';
import { plantedLink, systemErrorCode, writeError } from './write-error.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/;
const TEMPORARY_MAX_AGE_MS = 10 * 60_000;

/**
 * Writes a file whole or not at all: a temporary file beside it, its mode set on the open descriptor (so that no umask and no older file
 * matters), fsync, rename, fsync of the directory. On return the new content survives a power cut; until then the old one is there.
 * Throws `home/insecure` for a symbolic link at `path`, `home/unwritable` for a full disk and the like.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await refuseLink(path);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(error, path);
  }
}

/** Makes the names in a directory survive a power cut. Does nothing on systems that cannot open directories. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, O_RDONLY | O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
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

async function refuseLink(path: string): Promise<void> {
  const status = await lstat(path).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw writeError(error, path);
  });
  if (status?.isSymbolicLink()) throw plantedLink(path);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}
