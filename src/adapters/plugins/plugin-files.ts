import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder below a plugin's own that it may write: no part of its code. */
export const DATA_FOLDER = 'data';

/** One regular file of a plugin, relative to its folder, with forward slashes. */
export interface PluginFile {
  readonly path: string;
  readonly bytes: number;
}

/** A file with what is in it. */
export interface PluginFileContent {
  readonly path: string;
  readonly content: Uint8Array;
}

/** What stands below a plugin's folder. */
export interface FoundFiles {
  /** The regular files but those of `data/`, sorted by path. */
  readonly files: readonly PluginFile[];
  /** One sentence for each thing that could lead out of the folder. */
  readonly faults: readonly string[];
}

/** The regular files of a plugin's folder but for `data/`, sorted by path. Links and devices are none: see {@link linksIn}. */
export async function filesOf(folder: string): Promise<readonly PluginFile[]> {
  return (await lookInto(folder, (path) => path === DATA_FOLDER)).files;
}

/**
 * One sentence for everything below a plugin's folder, `data/` included, that could lead out of it: symbolic links, files with a second
 * name, sockets, pipes, devices. Empty when there is none.
 */
export async function linksIn(folder: string): Promise<readonly string[]> {
  return (await lookInto(folder, () => false)).faults;
}

/** SHA-256 in hex over all files of a plugin's folder but for `data/`. */
export async function digestOf(folder: string): Promise<string> {
  return digestOver(await contentsOf(folder, await filesOf(folder)));
}

/** SHA-256 in hex over paths, sizes and bytes; the order in which the files are given does not matter. */
export function digestOver(files: readonly PluginFileContent[]): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort((left, right) => compare(left.path, right.path));
  for (const { path, content } of sorted) hash.update(`${path}\0${content.byteLength}\0`).update(content);
  return hash.digest('hex');
}

/** Reads files of a plugin's folder; never through a symbolic link in place of a file, and without waiting at a pipe. */
export async function contentsOf(folder: string, files: readonly PluginFile[]): Promise<readonly PluginFileContent[]> {
  const contents: PluginFileContent[] = [];
  for (const { path } of files) {
    const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      contents.push({ path, content: await file.readFile() });
    } finally {
      await file.close();
    }
  }
  return contents;
}

/**
 * Everything below a folder but for what `skip` passes over, by its relative path. Visits at most `most` entries: what is larger is told as
 * a fault, and the rest of it is not looked at.
 */
export async function lookInto(folder: string, skip: (path: string) => boolean, most = 100_000): Promise<FoundFiles> {
  const files: PluginFile[] = [];
  const faults: string[] = [];
  let visited = 0;
  const visit = async (below: string): Promise<void> => {
    for (const name of await readdir(join(folder, below))) {
      const path = below === '' ? name : `${below}/${name}`;
      if (skip(path) || visited > most) continue;
      visited += 1;
      const status = await lstat(join(folder, path));
      if (status.isDirectory()) await visit(path);
      else if (status.isFile()) {
        if (status.nlink > 1) faults.push(`${path} has another name elsewhere (a hard link)`);
        if (!path.startsWith(`${DATA_FOLDER}/`)) files.push({ path, bytes: status.size });
      } else faults.push(`${path} is ${kindOf(status)}`);
    }
  };
  if ((await lstat(folder)).isSymbolicLink()) return { files, faults: ['its folder is a symbolic link'] };
  await visit('');
  if (visited > most) faults.push(`it has more than ${most.toLocaleString('en')} files and folders`);
  return { files: files.sort((left, right) => compare(left.path, right.path)), faults: faults.sort(compare) };
}

function kindOf(status: { isSymbolicLink(): boolean; isSocket(): boolean; isFIFO(): boolean }): string {
  if (status.isSymbolicLink()) return 'a symbolic link';
  return status.isSocket() ? 'a socket' : status.isFIFO() ? 'a pipe' : 'a device';
}

/** By code unit, so that no locale changes a digest. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
