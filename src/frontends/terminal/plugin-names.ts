import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '../../adapters/support/home-paths.js';
import { PyraError } from '../../core/domain/errors.js';
import type { PluginStatus } from '../../core/domain/plugin.js';
import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import { attachmentPath } from './attachment-path.js';
import { nearest } from './nearest.js';
import { sdkFolder } from './plugin-sdk.js';

/** The installed plugin of a name. Throws `not-found`, with what was probably meant. */
export async function installedPlugin(shelf: Pick<PluginShelf, 'list' | 'bundled'>, name: string): Promise<PluginStatus> {
  const installed = await shelf.list();
  const status = installed.find((candidate) => candidate.name === name);
  if (status !== undefined) return status;
  const brought = await broughtNames(shelf);
  if (brought.includes(name)) {
    throw new PyraError('not-found', `the plugin ${name} is not installed`, { hint: `pyra plugin install ${name}` });
  }
  throw unknownPlugin(name, [...installed.map((candidate) => candidate.name as string), ...brought]);
}

/** What `install` and `info` are pointed at, as the shelf takes it: an absolute path, or the name of a plugin that Pyra brings. Throws `not-found`. */
export async function pluginSource(shelf: Pick<PluginShelf, 'bundled'>, word: string, cwd: string): Promise<string> {
  if (isPath(word)) return attachmentPath(word, cwd);
  const names = await broughtNames(shelf);
  if (names.includes(word)) return word;
  throw unknownPlugin(word, names, '; a folder is named with a slash, such as ./garden');
}

/** Whether a word names a folder and not a plugin. */
export function isPath(word: string): boolean {
  return /[/\\]|^[.~]/.test(word);
}

/** The names of the plugins in a home's folder, and those that Pyra brings, read without opening anything: for the completion of shells. */
export async function plausibleNames(home: string, which: 'installed' | 'all'): Promise<readonly string[]> {
  const folders = [homePaths(home).plugins, ...(which === 'all' ? [join(sdkFolder(), 'plugins')] : [])];
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch((): readonly string[] => [])));
  return [...new Set(names.flat())].filter((name) => /^[a-z][a-z0-9-]{0,31}$/.test(name)).sort();
}

async function broughtNames(shelf: Pick<PluginShelf, 'bundled'>): Promise<readonly string[]> {
  return (await shelf.bundled()).map(({ manifest }) => manifest.name);
}

function unknownPlugin(name: string, known: readonly string[], more = ''): PyraError {
  const near = nearest(name, known);
  const hint =
    near !== undefined ? `did you mean: ${near}` : known.length === 0 ? 'see pyra plugin list' : `there are: ${known.join(', ')}`;
  // A pasted text in the place of a name is not repeated.
  const shown = /^[\w.-]{1,40}$/.test(name) ? ` ${name}` : ' of that name';
  return new PyraError('not-found', `there is no plugin${shown}`, { hint: hint + more });
}
