import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PluginName } from '../../core/domain/plugin-manifest.js';
import { syncDirectory } from '../support/atomic-file.js';
import { removeTree } from '../support/remove-tree.js';
import { writeError } from '../support/write-error.js';
import { DATA_FOLDER, type PluginFileContent } from './plugin-files.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** Writes files into a new folder beside the plugins' own, through to the disk; gives the folder's name. Nothing stays when it fails. */
export async function stageFiles(plugins: string, name: PluginName, files: readonly PluginFileContent[]): Promise<string> {
  const staged = temporaryName(name);
  const root = join(plugins, staged);
  try {
    await makeFolder(root);
    const folders = new Set<string>([root]);
    for (const { path, content } of files) {
      const target = join(root, path);
      for (const folder of foldersTo(root, dirname(target))) {
        if (!folders.has(folder)) await makeFolder(folder);
        folders.add(folder);
      }
      await writeNew(target, content);
    }
    for (const folder of [...folders].reverse()) await syncDirectory(folder);
    return staged;
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw writeError(error, root);
  }
}

/**
 * Puts staged files in the place of a plugin's folder, whose `data/` they take over. Can be begun again after it was stopped anywhere: each
 * step is done only where it is still to do.
 */
export async function placeFiles(plugins: string, name: PluginName, staged: string): Promise<void> {
  const from = join(plugins, staged);
  const to = join(plugins, name);
  if (!(await isThere(from))) return;
  const [data, kept] = [join(from, DATA_FOLDER), join(to, DATA_FOLDER)];
  if (!(await isThere(data))) {
    if (await isFolder(kept)) await rename(kept, data);
    else await makeFolder(data);
  }
  const old = join(plugins, temporaryName(name));
  if (await isThere(to)) await rename(to, old);
  await rename(from, to);
  await syncDirectory(plugins);
  await removeTree(old, join(plugins, temporaryName(name)));
}

/** Removes a plugin's folder: first out of sight, in one step. */
export async function removeFiles(plugins: string, name: PluginName): Promise<void> {
  const folder = join(plugins, name);
  if (!(await isThere(folder))) return;
  const old = join(plugins, temporaryName(name));
  await rename(folder, old);
  await syncDirectory(plugins);
  await removeTree(old, join(plugins, temporaryName(name)));
}

/** Named as a temporary file is, so that what a killed process leaves is swept like one. */
function temporaryName(name: PluginName): string {
  return `.${name}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  // The umask may have taken even the owner's rights away.
  await chmod(path, 0o700);
}

async function writeNew(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The folders from below `root` down to `folder`, parents first. */
function foldersTo(root: string, folder: string): readonly string[] {
  return folder === root ? [] : [...foldersTo(root, dirname(folder)), folder];
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() === true;
}
