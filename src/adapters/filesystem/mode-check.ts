import { closeSync, constants, fchmodSync, lstatSync, openSync, type Stats } from 'node:fs';
import { relative } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import { systemErrorCode, writeError } from '../support/write-error.js';
import type { HomeEntry } from './home-layout.js';

/** What stands at a path, itself and not what it may point to; `undefined` for nothing. */
export function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw insecure(path, 'lies below something that is not a folder', 'move it away');
    throw writeError(error, path);
  }
}

/** Throws `home/insecure` unless an entry is what it should be, and the person's. */
export function refuseForeign(status: Stats, entry: HomeEntry, shown: string): void {
  if (status.isSymbolicLink()) {
    throw insecure(shown, 'is a symbolic link', 'remove the link and put what it points to in its place');
  }
  if (entry.kind === 'directory' ? !status.isDirectory() : !status.isFile()) {
    throw insecure(shown, `is not a ${entry.kind === 'directory' ? 'folder' : 'file'}`, 'move it away');
  }
  if (isForeign(status)) throw insecure(shown, 'belongs to another user', 'run pyra as its owner, or give it back with chown');
}

/** Whether a path belongs to someone else than the person who runs this process. */
export function isForeign(status: Stats): boolean {
  return process.getuid !== undefined && status.uid !== process.getuid();
}

/** Whether a mode gives more than the widest allowed one. Windows keeps no such modes. */
export function isTooWide(mode: number, widest: number): boolean {
  return process.platform !== 'win32' && (mode & 0o7777 & ~widest) !== 0;
}

/** Narrows a mode through a descriptor, so that nothing that is planted at the path meanwhile is touched. */
export function narrowMode(path: string, mode: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw writeError(error, path);
  }
  try {
    fchmodSync(descriptor, mode);
  } catch (error) {
    throw writeError(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/** The finding about a too wide mode; `repaired` says whether it is still so. */
export function modeFinding(shown: string, was: number, widest: number, repaired: boolean): Finding {
  const [old, next] = [(was & 0o7777).toString(8), (was & widest).toString(8)];
  if (repaired) return { label: 'mode-repaired', category: 'home', message: `${shown} had mode ${old}; it is ${next} now` };
  return {
    label: 'mode-too-wide',
    category: 'home',
    message: `${shown} has mode ${old}: others than you can reach it`,
    fix: 'pyra doctor --fix',
  };
}

/** A path as it is shown to the person: below the home, or the home itself. */
export function shownPath(root: string, path: string): string {
  return relative(root, path) || 'the home';
}

function insecure(shown: string, what: string, hint: string): PyraError {
  return new PyraError('home/insecure', `${shown} ${what}`, { hint });
}
