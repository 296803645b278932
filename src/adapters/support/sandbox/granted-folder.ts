import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { ChildPath } from './child-folders.js';

/** Folders that hold no files but what the kernel shows of itself, of devices and of every program of the person's, their memory included. */
const SYSTEMS: readonly string[] = ['/proc', '/sys', '/dev'];

/** Where the folders of a child are, for {@link grantedFolder}. */
export interface FolderPlaces {
  /** Pyra's home, which no grant may touch. */
  readonly home: string;
  /** The person's own folder, which `~` stands for. */
  readonly person: string;
}

/** A folder that the person granted, as it really is; or in words why it is not granted: it is not there, or touches what no child may see. */
export async function grantedFolder(folder: string, places: FolderPlaces): Promise<ChildPath | string> {
  const path = folder === '~' || folder.startsWith('~/') ? join(places.person, folder.slice(1)) : resolve(folder);
  const home = await protectedFolder(places.home);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return `the folder ${folder}, which it was granted, is not there`;
  if (/[*\0\n]/.test(`${path}${real}`)) return `the folder ${folder} has a name that no grant can express`;
  if (SYSTEMS.some((system) => contains(system, real)))
    return `the folder ${folder} shows the memory of other programs or devices, which is never granted`;
  if (contains(home, real) || contains(real, home)) return `the folder ${folder} touches the home of Pyra, which is never granted`;
  return { path, real };
}

/** A path as it is known and as it really is. Rejects when there is none. */
export async function childPath(path: string): Promise<ChildPath> {
  return { path, real: await realpath(path) };
}

/** Whether a path lies in a folder, or is it. */
export function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep));
}

/** The folder that no grant may touch, as it really is, for a home: that of a profile lies in the home of them all. */
export async function protectedFolder(home: string): Promise<string> {
  const above = dirname(home);
  const outer = basename(above) === 'profiles' ? dirname(above) : home;
  return realpath(outer).catch(() => outer);
}
