import { chmod, lstat, mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a folder of which somebody else may have written the inside, and may still do so: too deep for any path, without rights on a part of
 * it, with links put in while it is removed. Each thing is first moved into `heap`, a new folder out of the other's reach, and only then looked
 * at; so nothing outside is ever touched. What is not there counts as removed.
 */
export async function removeTree(path: string, heap: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) === undefined) return;
  await mkdir(heap, { mode: 0o700 });
  let count = 0;
  const moved: string[] = [];
  const move = async (from: string): Promise<void> => {
    const to = join(heap, String(count));
    count += 1;
    await renameAnyway(from, to);
    moved.push(to);
  };
  await move(path);
  for (let next = moved.pop(); next !== undefined; next = moved.pop()) {
    if ((await lstat(next)).isDirectory()) {
      await chmod(next, 0o700);
      for (const name of await readdir(next)) await move(join(next, name));
      await rmdir(next);
    } else await unlink(next);
  }
  await rmdir(heap);
}

/** A folder without the right to write is not moved elsewhere. */
async function renameAnyway(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES' || !(await lstat(from)).isDirectory()) throw error;
    await chmod(from, 0o700);
    await rename(from, to);
  }
}
