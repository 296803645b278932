import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { McpProgram, McpServerName } from '../../core/domain/mcp-server.js';
import { homePaths } from '../support/home-paths.js';
import type { ForeignMount } from '../support/sandbox/foreign-command.js';
import { contains, type FolderPlaces, grantedFolder } from '../support/sandbox/granted-folder.js';
import { type PathLink, resolvedPath } from '../support/sandbox/resolved-path.js';

const SYSTEM = /^\/(?:etc|usr|bin|sbin|lib\w*)$/;
const SOCKETS = /^\/(?:tmp|run|run\/user(?:\/\d+)?|var|var\/tmp)$/;

/** The folders of a program. */
export interface ProgramFolders {
  /** Its data folder, as it really is. */
  readonly data: string;
  /** What it was granted, as that really is. */
  readonly granted: readonly ForeignMount[];
  readonly links: readonly PathLink[];
}

/** The data folder of a server, made when it is not there. A sentence when something else is in its place. */
export async function dataFolderOf(home: string, name: McpServerName): Promise<{ readonly folder: string } | string> {
  const folder = join(homePaths(home).mcp, name);
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  // A server that is not kept in could put a link there, which the next one would be shown.
  const stats = await lstat(folder);
  if (!stats.isDirectory()) return `its data folder ${folder} is no folder but something else: remove that`;
  return { folder: await realpath(folder) };
}

/**
 * Finds the folders that a program may use; `pyra` is where Pyra itself lies. A sentence when one is not there, touches what no program may
 * see, or is a link that the server itself could have made.
 */
export async function programFolders(
  data: string,
  program: McpProgram,
  places: FolderPlaces,
  pyra: readonly string[],
): Promise<ProgramFolders | string> {
  const granted: ForeignMount[] = [];
  const links: PathLink[] = [];
  for (const [folders, writable] of [[program.write, true] as const, [program.read, false] as const]) {
    for (const folder of folders) {
      const found = await grantedFolder(folder, places);
      if (typeof found === 'string') return found;
      const { path, real } = found;
      if (SOCKETS.test(real)) return `the folder ${folder} holds the sockets of other programs: grant what it needs of it`;
      if (writable && SYSTEM.test(real)) return `the folder ${folder} is the system's, which no server may change`;
      if (writable && pyra.some((own) => contains(real, own) || contains(own, real)))
        return `the folder ${folder} holds Pyra itself, which no server may change`;
      granted.push({ real, writable });
      links.push(...((await resolvedPath(path))?.links ?? []));
    }
  }
  // What may be written may be written in all its folders, and read too.
  const isWritten = (real: string): boolean => granted.some((one) => one.writable && one.real === real);
  const outer = granted.filter(({ real, writable }) => (writable ? folderAbove(granted, real) === undefined : !isWritten(real)));
  const fault = replaceableFault(outer);
  if (fault !== undefined) return fault;
  const own = [data, ...granted.flatMap(({ real, writable }) => (writable ? [real] : []))];
  const planted = links.find(({ path }) => own.some((folder) => path !== folder && contains(folder, path)));
  if (planted !== undefined)
    return `the link ${planted.path} leads to a folder that it was granted, and the server could change it: grant what it leads to`;
  return { data, granted: outer, links };
}

/**
 * What is only to be read, in a folder that may be written, can be moved away with the folder above it while another start looks for it, and
 * anything may stand in its place then. Right below the granted folder nothing is above it that could be moved.
 */
function replaceableFault(granted: readonly ForeignMount[]): string | undefined {
  for (const { real, writable } of granted) {
    const above = writable ? undefined : folderAbove(granted, real);
    if (above === undefined || dirname(real) === above) continue;
    return `the folder ${real} is to be read, and the folder ${dirname(real)} above it may be written: the server could put another in its place`;
  }
  return undefined;
}

/** A folder that may be written in which another one lies. */
function folderAbove(granted: readonly ForeignMount[], inner: string): string | undefined {
  return granted.find(({ real, writable }) => writable && real !== inner && contains(real, inner))?.real;
}
