import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { findProgram } from './find-program.js';
import { linksIn } from './plugin-files.js';

/** A file or folder of a child: the path by which it knows it, and what that really is. */
export interface ChildPath {
  readonly path: string;
  readonly real: string;
}

/** Everything on disk that a child may use. */
export interface ChildFolders {
  /** Its own folder and its runtime first, then the folders that it was granted. */
  readonly readable: readonly ChildPath[];
  /** Its data folder first, which is its `HOME` too. */
  readonly writable: readonly [ChildPath, ...ChildPath[]];
  /** The programs that it may start, absolute. */
  readonly programs: readonly string[];
}

/** Folders that hold no files but what the kernel shows of itself, of devices and of every program of the person's, their memory included. */
const SYSTEMS: readonly string[] = ['/proc', '/sys', '/dev'];

/** Where the folders of a plugin are, for {@link childFolders}. */
export interface FolderPlaces {
  /** Pyra's home, which no grant may touch. */
  readonly home: string;
  /** The person's own folder, which `~` stands for. */
  readonly person: string;
}

/**
 * Finds what a plugin may use. Throws `plugin/crashed`, with what is wrong in words: a link in its folders, a granted folder that is not
 * there or that touches Pyra's home, a program that is not there.
 */
export async function childFolders(plugin: InstalledPlugin, runtime: string, places: FolderPlaces): Promise<ChildFolders> {
  const { permissions } = plugin.manifest;
  await mkdir(plugin.dataFolder, { recursive: true, mode: 0o700 });
  const links = await linksIn(plugin.folder);
  if (links.length > 0) throw refusal(plugin, `there are links in its folder: ${links.slice(0, 3).join('; ')}`);
  const home = await protectedFolder(places.home);
  const granted = (folders: readonly string[]): Promise<readonly ChildPath[]> =>
    Promise.all(folders.map((folder) => grantedFolder(plugin, folder, home, places.person)));
  const own = await childPath(runtime);
  const written = await granted(permissions.write);
  // Whoever could change it would be in the processes of all other plugins.
  const above = written.find(({ real }) => contains(real, own.real));
  if (above !== undefined) throw refusal(plugin, `the folder ${above.path} holds Pyra itself, which no plugin may change`);
  return {
    readable: [await childPath(plugin.folder), own, ...(await granted(permissions.read))],
    writable: [await childPath(plugin.dataFolder), ...written],
    programs: permissions.run.map((name) => {
      const path = findProgram(name);
      if (path === undefined) throw refusal(plugin, `the program ${name}, which it needs, is not there`);
      return path;
    }),
  };
}

async function grantedFolder(plugin: InstalledPlugin, folder: string, home: string, person: string): Promise<ChildPath> {
  const path = folder === '~' || folder.startsWith('~/') ? join(person, folder.slice(1)) : resolve(folder);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw refusal(plugin, `the folder ${folder}, which it was granted, is not there`);
  if (/[*\0\n]/.test(`${path}${real}`)) throw refusal(plugin, `the folder ${folder} has a name that no grant can express`);
  if (SYSTEMS.some((system) => contains(system, real)))
    throw refusal(plugin, `the folder ${folder} shows the memory of other programs or devices, which is never granted`);
  if (contains(home, real) || contains(real, home))
    throw refusal(plugin, `the folder ${folder} touches the home of Pyra, which is never granted`);
  return { path, real };
}

async function childPath(path: string): Promise<ChildPath> {
  return { path, real: await realpath(path) };
}

/** The home of a profile lies in the home of them all. */
async function protectedFolder(home: string): Promise<string> {
  const above = dirname(home);
  const outer = basename(above) === 'profiles' ? dirname(above) : home;
  return realpath(outer).catch(() => outer);
}

function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep));
}

function refusal({ manifest }: InstalledPlugin, why: string): PyraError {
  return new PyraError('plugin/crashed', `the plugin ${manifest.name} was not started: ${why}`);
}
