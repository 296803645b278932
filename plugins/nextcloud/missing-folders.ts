import { ToolFailure } from 'pyra/plugin';
import type { FileServer } from './file-server.js';
import { foldersAbove, type RemotePath, shownPath } from './remote-path.js';

/**
 * The folders above a path that do not exist, the outermost first.
 * @throws ToolFailure when one of them is a file.
 */
export async function missingFolders(server: FileServer, path: RemotePath): Promise<readonly RemotePath[]> {
  const missing: RemotePath[] = [];
  for (const folder of [...foldersAbove(path)].reverse()) {
    const entry = await server.stat(folder);
    if (entry?.type === 'file') throw new ToolFailure(`${shownPath(folder)} is a file, so nothing can lie in it`);
    if (entry !== undefined) break;
    missing.unshift(folder);
  }
  return missing;
}
