import { join } from 'node:path';
import type { InstalledPlugin, PluginSettings } from '../../core/domain/plugin.js';

/** The name of a file as setup gives it: nothing that leads out of the data folder. */
const FILE_NAME = /^[\w@+-][\w.@+-]*$/;

/** The files with certificates that the answers name, absolute: those to a question for a file with the key `ca`. */
export function certificateFiles({ manifest, dataFolder }: InstalledPlugin, settings: PluginSettings): readonly string[] {
  if (!manifest.setup.some(({ key, kind }) => key === 'ca' && kind === 'file')) return [];
  const names = new Set(Object.values(settings).map(({ ca }) => ca));
  return [...names].filter((name) => typeof name === 'string' && FILE_NAME.test(name)).map((name) => join(dataFolder, name as string));
}
