import { constants, fchmodSync, fstatSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './atomic-file.js';
import { plantedLink, systemErrorCode, writeError } from './write-error.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const MODE = 0o600;
/** In bytes. */
const WRITTEN_AT_ONCE = 65_536;

/**
 * Appends to a file, mode 0600, and waits until the bytes are on disk, but with `lag`; a write that fails takes back what it had written. Call it under a
 * lock. `prepare` may look at the end of the open file first, repair it, and gives what to write. Throws `home/insecure` for a symbolic
 * link, `home/unwritable` for a full disk and the like.
 */
export async function appendDurably(
  path: string,
  prepare: (file: FileHandle, size: number) => Promise<string>,
  { lag = false }: { readonly lag?: boolean } = {},
): Promise<void> {
  const { file, made } = await openForAppend(path);
  try {
    const status = fstatSync(file.fd);
    if ((status.mode & 0o777) !== MODE) fchmodSync(file.fd, MODE);
    const bytes = Buffer.from(await prepare(file, status.size));
    const { size } = fstatSync(file.fd);
    try {
      // Only the disk is waited for; what is done at once is not handed to another thread.
      if (bytes.length <= WRITTEN_AT_ONCE) for (let written = 0; written < bytes.length; ) written += writeSync(file.fd, bytes, written);
      else for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
      if (!lag) await file.datasync();
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
    if (made) await syncDirectory(dirname(path));
  } catch (error) {
    throw writeError(error, path);
  } finally {
    await file.close();
  }
}

async function openForAppend(path: string): Promise<{ readonly file: FileHandle; readonly made: boolean }> {
  try {
    return { file: await open(path, O_RDWR | O_APPEND | O_NOFOLLOW), made: false };
  } catch (error) {
    if (systemErrorCode(error) === 'ELOOP') throw plantedLink(path);
    if (systemErrorCode(error) !== 'ENOENT') throw writeError(error, path);
  }
  try {
    return { file: await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, MODE), made: true };
  } catch (error) {
    throw writeError(error, path);
  }
}
