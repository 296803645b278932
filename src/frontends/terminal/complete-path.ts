import { readdir } from 'node:fs/promises';
import { attachmentPath } from './attachment-path.js';

const MAX_CANDIDATES = 200;

/** The paths that begin with what was typed; folders end with `/`, hidden ones appear when their dot was typed. */
export async function completePath(typed: string, cwd: string): Promise<readonly string[]> {
  const cut = typed.lastIndexOf('/') + 1;
  const folder = typed.slice(0, cut);
  const start = typed.slice(cut);
  const entries = await readdir(attachmentPath(folder === '' ? '.' : folder, cwd), { withFileTypes: true }).catch(() => []);
  return entries
    .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .sort()
    .slice(0, MAX_CANDIDATES);
}
