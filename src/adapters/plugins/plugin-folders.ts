import { mkdir } from 'node:fs/promises';
import { PyraError } from '../../core/domain/errors.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import type { ChildFolders, ChildPath } from '../support/sandbox/child-folders.js';
import { findProgram } from '../support/sandbox/find-program.js';
import { childPath, contains, type FolderPlaces, grantedFolder } from '../support/sandbox/granted-folder.js';
import { packageOf } from '../support/sandbox/pyra-package.js';
import { linksIn } from './plugin-files.js';

/**
 * Finds what a plugin may use. Throws `plugin/crashed`, with what is wrong in words: a link in its folders, a granted folder that is not
 * there or that touches Pyra's home, a program that is not there.
 */
export async function pluginFolders(plugin: InstalledPlugin, runtime: string, places: FolderPlaces): Promise<ChildFolders> {
  const { permissions } = plugin.manifest;
  await mkdir(plugin.dataFolder, { recursive: true, mode: 0o700 });
  const links = await linksIn(plugin.folder);
  if (links.length > 0) throw refusal(plugin, `there are links in its folder: ${links.slice(0, 3).join('; ')}`);
  const granted = (folders: readonly string[]): Promise<readonly ChildPath[]> =>
    Promise.all(
      folders.map(async (folder) => {
        const found = await grantedFolder(folder, places);
        if (typeof found === 'string') throw refusal(plugin, found);
        return found;
      }),
    );
  const own = await childPath(runtime);
  const written = await granted(permissions.write);
  // Whoever could change it would be in the processes of all other plugins.
  const pyra = packageOf(own.real);
  const above = written.find(({ real }) => contains(real, pyra) || contains(pyra, real));
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

function refusal({ manifest }: InstalledPlugin, why: string): PyraError {
  return new PyraError('plugin/crashed', `the plugin ${manifest.name} was not started: ${why}`);
}
