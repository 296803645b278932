import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where system programs are even when the `PATH` does not say so. */
const PLACES: readonly string[] = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];

/** The absolute path of a program, by its name or as it is given; undefined when there is none that can be started. */
export function findProgram(name: string): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  if (name.includes('/')) return undefined;
  const path = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return [...PLACES, ...path].map((place) => join(place, name)).find(isProgram);
}

/** Whether a path leads to a file that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
