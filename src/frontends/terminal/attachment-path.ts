import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The absolute path that a person means, `~` included. */
export function attachmentPath(path: string, cwd: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(cwd, path);
}
