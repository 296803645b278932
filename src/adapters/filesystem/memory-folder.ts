import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NoteId } from '../../core/domain/identifiers.js';
import { MEMORY_INDEX_FILE, noteIdFault } from '../../core/domain/memory-note-id.js';
import { isTemporaryFile } from '../support/atomic-file.js';
import { type FileState, fileState } from './note-file.js';

const SLICE_MS = 4;
const MAX_DEPTH = 8;

/** One file that may be a note. */
export interface NoteEntry {
  readonly id: NoteId;
  /** Its path below the memory as the file system has it. */
  readonly path: string;
  readonly state: FileState;
}

/** Something under the memory that cannot be a note though it looks like one. */
export interface StrayEntry {
  readonly label: 'note-is-a-link' | 'note-bad-name';
  readonly path: string;
  readonly why: string;
}

/** What a folder of the memory holds. */
export interface FolderListing {
  readonly stamp: string;
  readonly notes: readonly NoteEntry[];
  readonly strays: readonly StrayEntry[];
  readonly folders: readonly string[];
  /** Whether there are temporary files of writers, which may have been killed. */
  readonly leftovers: boolean;
}

/** The state of a folder: changes when an entry is added, removed or renamed; `undefined` when it is gone or no plain folder. */
export function folderStamp(root: string, folder: string): string | undefined {
  const stats = lstatSync(join(root, folder), { throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.ino}:${stats.mtimeMs}:${stats.ctimeMs}` : undefined;
}

/**
 * Looks at one folder of the memory (`''` for the memory itself) and at every note in it. Hidden entries and files without `.md` are passed
 * over in silence; links are never followed. `known` gives the id of a path that was judged before. Gives way to other work every few
 * milliseconds. `undefined` when the folder is gone.
 */
export async function listFolder(
  root: string,
  folder: string,
  known: (path: string) => NoteId | undefined,
): Promise<FolderListing | undefined> {
  // Taken before the entries: a change in between shows as a change at the next look.
  const stamp = folderStamp(root, folder);
  if (stamp === undefined) return undefined;
  const notes: NoteEntry[] = [];
  const strays: StrayEntry[] = [];
  const folders: string[] = [];
  let leftovers = false;
  const base = join(root, folder);
  let sliceStart = performance.now();
  for (const entry of entriesOf(base)) {
    if (performance.now() - sliceStart > SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceStart = performance.now();
    }
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith('.')) leftovers ||= isTemporaryFile(entry.name);
    else if (entry.isSymbolicLink()) strays.push({ label: 'note-is-a-link', path, why: 'is a symbolic link' });
    else if (entry.isDirectory() && path.split('/').length < MAX_DEPTH) folders.push(path);
    else if (entry.name.endsWith('.md') && !isIndexFile(path)) {
      const id = known(path) ?? (path.normalize('NFC') as NoteId);
      const fault = id === known(path) ? undefined : noteIdFault(id);
      const stats = fault === undefined ? lstatSync(`${base}/${entry.name}`, { throwIfNoEntry: false }) : undefined;
      if (fault !== undefined) strays.push({ label: 'note-bad-name', path, why: fault });
      else if (stats !== undefined) notes.push({ id, path, state: fileState(stats) });
    }
  }
  return { stamp, notes, strays, folders, leftovers };
}

function isIndexFile(path: string): boolean {
  return path === MEMORY_INDEX_FILE;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
