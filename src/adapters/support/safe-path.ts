import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import { isInside } from '../../core/domain/path-boundary.js';
import { systemErrorCode } from './write-error.js';

const MAX_NAME_BYTES = 1_024;
const MAX_SEGMENT_BYTES = 255;

/**
 * The one way from a name to a path: the absolute path of `name` below the real path of `root`. What it names need not exist.
 * Throws `path/outside-boundary` for a name that is empty, absolute, over-long, holds a NUL or a backslash or a `.` or `..` segment, or
 * that meets a symbolic link on its way. Open the result with `O_NOFOLLOW` where a link planted in between would matter.
 */
export async function safePath(root: string, name: string): Promise<string> {
  const segments = segmentsOf(name);
  let path = await realRoot(root);
  const boundary = path;
  let exists = true;
  for (const segment of segments) {
    path = join(path, segment);
    if (!exists) continue;
    const status = await lstat(path).catch((error: unknown) => {
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    });
    exists = status !== undefined;
    if (status?.isSymbolicLink()) throw refused(name, 'it passes a symbolic link');
  }
  if (!isInside(boundary, path)) throw refused(name, 'it leaves its folder');
  return path;
}

function segmentsOf(name: string): readonly string[] {
  if (name === '') throw refused(name, 'it is empty');
  if (name.includes('\0')) throw refused(name, 'it holds a NUL character');
  if (isAbsolute(name) || /^[A-Za-z]:/.test(name)) throw refused(name, 'it is absolute');
  if (name.includes('\\')) throw refused(name, 'it holds a backslash');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw refused(name, `it is longer than ${MAX_NAME_BYTES} bytes`);
  const segments = name.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..') throw refused(name, 'it holds an empty, "." or ".." part');
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) throw refused(name, `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`);
  }
  return segments;
}

async function realRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return resolve(root);
    throw error;
  }
}

function refused(name: string, reason: string): PyraError {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  return new PyraError('path/outside-boundary', `the name ${shown} is refused: ${reason}`);
}
