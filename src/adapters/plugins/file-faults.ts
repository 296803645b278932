import { isAbsolute } from 'node:path';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { digestOf, linksIn } from './plugin-files.js';

/** What is wrong with the files of a plugin that is about to be run, one sentence each; empty when they are those that were accepted. */
export async function fileFaults({ folder, digest }: InstalledPlugin): Promise<readonly string[]> {
  if (!isAbsolute(folder)) return ['its folder is not absolute'];
  try {
    const links = await linksIn(folder);
    if (links.length > 0) return links;
    return (await digestOf(folder)) === digest ? [] : ['a file was changed, added or removed'];
  } catch {
    return ['they cannot be read'];
  }
}
