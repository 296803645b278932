import { open } from 'node:fs/promises';
import { PyraError } from '../../core/domain/errors.js';
import { attachmentPath } from './attachment-path.js';

/** Writes a new file that only the person can read, and gives its absolute path. Throws `usage` for one that exists or cannot be written. */
export async function writeNewFile(path: string, text: string, cwd: string): Promise<string> {
  const target = attachmentPath(path, cwd);
  try {
    const file = await open(target, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new PyraError('usage', exists ? `${path} exists already` : `${path} cannot be written`, { hint: 'name another file', cause });
  }
  return target;
}
