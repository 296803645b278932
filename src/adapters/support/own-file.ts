import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { PyraError } from '../../core/domain/errors.js';
import { systemErrorCode } from './write-error.js';

/**
 * Reads a file of Pyra's own, of which no link and no pipe takes the place; `undefined` where there is none. Throws `home/insecure` for what
 * cannot be read, is no file, or is larger than `most` bytes.
 */
export function ownFileText(path: string, most: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new PyraError('home/insecure', `${path} cannot be read`, { hint: 'see who owns it, and what it is: pyra doctor', cause: error });
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile() || status.size > most) {
      throw new PyraError('home/insecure', `${path} is not what Pyra wrote`, { hint: 'look at it, and move it away' });
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
