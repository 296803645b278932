import { counted, type FileEntry } from './file-entry.js';
import type { FileServer } from './file-server.js';
import { type RemotePath, shownPath } from './remote-path.js';

/** How far a walk goes at most. */
export interface WalkLimits {
  /** How many folders are listed. */
  readonly folders: number;
  /** How many entries are seen. */
  readonly entries: number;
  /** Milliseconds. */
  readonly time: number;
}

/** What came of a walk. */
export interface Walk {
  /** How many folders were listed. */
  readonly folders: number;
  /** How many entries were seen. */
  readonly seen: number;
  /** Why it ended before everything was seen; `undefined` when it did not. */
  readonly ended?: string;
}

/** A folder within a folder this often is a loop of links. */
const DEEPEST = 40;
/** How many folders are asked for at once. */
const AT_ONCE = 4;

/**
 * Visits everything below a folder, level by level and each folder by name, by one request for each folder: servers refuse to list all at once.
 * @param visit - Told of each entry; `false` ends the walk.
 * @param progress - Told what is being looked at.
 */
export async function walkFiles(
  server: Pick<FileServer, 'list'>,
  start: RemotePath,
  limits: WalkLimits,
  visit: (entry: FileEntry) => boolean,
  progress: (text: string) => void,
): Promise<Walk> {
  const end = performance.now() + limits.time;
  let folders = 0;
  let seen = 0;
  let level: readonly RemotePath[] = [start];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return { folders, seen, ended: `folders lie more than ${DEEPEST} deep` };
    const next: RemotePath[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      const group = level.slice(at, at + AT_ONCE).slice(0, Math.max(0, limits.folders - folders));
      if (group.length === 0) return { folders, seen, ended: `it would take more than ${limits.folders} folders` };
      if (performance.now() > end) return { folders, seen, ended: `it took more than ${Math.round(limits.time / 1_000)} s` };
      if (folders > 0) progress(`${counted(folders, 'folder')}, ${seen} entries so far: ${shownPath(group[0] ?? '/')}`);
      const listings = await Promise.all(group.map((folder) => server.list(folder)));
      folders += group.length;
      for (const entry of listings.flatMap(({ entries }) => byName(entries))) {
        seen += 1;
        if (seen > limits.entries) return { folders, seen: limits.entries, ended: `there are more than ${limits.entries} entries` };
        if (entry.type === 'folder') next.push(entry.path);
        if (!visit(entry)) return { folders, seen, ended: 'there were enough' };
      }
    }
    level = next;
  }
  return { folders, seen };
}

/** Entries in the order in which people look for them: folders first, then by name, numbers by their value. */
export function byName(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...entries].sort((left, right) => {
    if (left.type !== right.type) return left.type === 'folder' ? -1 : 1;
    return order.compare(left.path, right.path) || (left.path < right.path ? -1 : 1);
  });
}

const order = new Intl.Collator('und', { numeric: true });
