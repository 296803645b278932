import { realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { isProgram } from './find-program.js';

/** Where system programs are even when the `PATH` does not say so. */
const PLACES: readonly string[] = ['/usr/local/bin', '/usr/bin', '/bin'];
/** Programs that only look for the real one, by what they find in the person's folder. */
const SHIMS = /\/(?:\.?pyenv|\.?asdf|\.?rbenv|\.?nodenv|mise)\/shims\/|\/\.volta\/bin\//;
/** A folder that one shell has for itself, and that is gone when the shell is. */
const OF_ONE_SHELL = /\/fnm_multishells\//;

/**
 * The absolute path of a program as the person's shell would find it: by its name in the `PATH`, or as a path from `folder`. Links are left
 * as they are; the shims of version managers are passed over. `undefined` when there is none that can be started.
 */
export function findServerProgram(
  name: string,
  folder: string,
  path: string | undefined = process.env.PATH,
  person: string | undefined = process.env.HOME,
): string | undefined {
  if (name.includes('/')) {
    const given = name.startsWith('~/') && person !== undefined ? join(person, name.slice(2)) : resolve(folder, name);
    return isProgram(given) ? given : undefined;
  }
  const places = [...(path ?? '').split(delimiter).filter(isAbsolute), ...PLACES];
  const found = places.map((place) => join(place, name)).find((file) => !isShim(file) && isProgram(file));
  return found !== undefined && OF_ONE_SHELL.test(found) ? join(realpathSync(dirname(found)), name) : found;
}

/** Whether a program is one that only looks for the real one. */
export function isShim(path: string): boolean {
  return SHIMS.test(path);
}
