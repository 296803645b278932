import { basename } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space, then try again; what was saved before is untouched'],
  EDQUOT: ['the disk quota is used up', 'free some space, then try again; what was saved before is untouched'],
  EFBIG: ['the file would be too large', 'free some space, then try again; what was saved before is untouched'],
  EROFS: ['the file system is read-only', 'set PYRA_HOME to a folder that can be written'],
  EACCES: ['permission was denied', 'see who owns it, and its mode: pyra doctor'],
  EPERM: ['permission was denied', 'see who owns it, and its mode: pyra doctor'],
  EIO: ['the disk reported an error', 'check the disk'],
};

/** The error code that Node gives to a failed system call, such as `ENOENT`; `undefined` for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns a failed write of `path` into `home/unwritable` where the person can mend the cause; gives any other error back as it is. */
export function writeError(error: unknown, path: string): unknown {
  const reason = REASONS[systemErrorCode(error) ?? ''];
  if (reason === undefined) return error;
  return new PyraError('home/unwritable', `cannot write ${basename(path)}: ${reason[0]}`, { hint: reason[1], cause: error });
}

/** The error for a symbolic link in place of one of Pyra's own files. */
export function plantedLink(path: string): PyraError {
  return new PyraError('home/insecure', `${basename(path)} is a symbolic link`, {
    hint: 'remove the link and put the real file in its place',
  });
}
