import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from './write-error.js';

/**
 * Makes a folder and those above it that are missing, at 0700; says whether it was missing. `mkdirSync` with `recursive` never ends where
 * the system says that a folder which is there is not, as below `/proc`.
 */
export function makeFolders(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return false;
    const above = dirname(path);
    if (code !== 'ENOENT' || existsSync(above)) throw error;
    makeFolders(above);
    return makeFolders(path);
  }
}
