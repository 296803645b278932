import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { digestOf, linksIn } from './plugin-files.js';

/** What is known of the files of a plugin that is about to be run. */
export type FileState =
  | { readonly kind: 'accepted' }
  /** Nobody accepted them as they are now. */
  | { readonly kind: 'changed'; readonly faults: readonly string[] }
  /** The person accepted others since this plugin was opened. */
  | { readonly kind: 'replaced' };

/**
 * Compares the files of a plugin with those that it was opened for. `recorded` says what is wrong with them by what is recorded now, one
 * sentence each.
 */
export async function fileState(
  plugin: InstalledPlugin,
  recorded: (plugin: InstalledPlugin) => Promise<readonly string[]>,
): Promise<FileState> {
  if (await isAsOpened(plugin)) return { kind: 'accepted' };
  const faults = await recorded(plugin);
  return faults.length === 0 ? { kind: 'replaced' } : { kind: 'changed', faults };
}

async function isAsOpened({ folder, digest }: InstalledPlugin): Promise<boolean> {
  try {
    return (await linksIn(folder)).length === 0 && (await digestOf(folder)) === digest;
  } catch {
    return false;
  }
}
