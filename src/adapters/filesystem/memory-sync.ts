import { join } from 'node:path';
import type { NoteId } from '../../core/domain/identifiers.js';
import { sweepTemporaryFiles } from '../support/atomic-file.js';
import { type FolderListing, folderStamp, listFolder, type NoteEntry, type StrayEntry } from './memory-folder.js';
import type { FileStamp, IndexedNote, MemoryIndex } from './memory-index.js';
import { readNoteFile } from './note-file.js';
import { headingOf, noteFromFile } from './note-reader.js';

const SLICE_MS = 15;
/** A file that was touched this shortly before it was read may change again without any of its times changing, in milliseconds. */
const RACY_MS = 50;
const UNKNOWN: FileStamp = { inode: 0, size: 0, touchedMs: 0 };

/** What a look at the files brought. */
export interface SyncOutcome {
  /** Whether anything in the index was changed. */
  readonly changed: boolean;
  readonly strays: readonly StrayEntry[];
}

/** Brings the index to the state of the files. Reads only those whose state differs from what the index knows. */
export class MemorySync {
  readonly #root: string;
  readonly #suspicious: (text: string) => boolean;
  readonly #narrowed: (path: string, was: number) => void;

  /** `narrowed` is told of every note whose mode let others in and does so no longer. */
  constructor(root: string, suspicious: (text: string) => boolean, narrowed: (path: string, was: number) => void) {
    this.#root = root;
    this.#suspicious = suspicious;
    this.#narrowed = narrowed;
  }

  /** Looks at every file. Gives way to other work every few milliseconds; `stopped` ends it early. */
  async full(index: MemoryIndex, stopped: () => boolean = () => false): Promise<SyncOutcome> {
    return this.#look(index, [''], true, stopped);
  }

  /** Looks only at folders to which something was added, from which something was removed, or in which something was replaced. */
  async quick(index: MemoryIndex): Promise<SyncOutcome> {
    const known = index.folders();
    if (known.size === 0) return this.full(index);
    const differing = [...known].filter(([folder, stamp]) => folderStamp(this.#root, folder) !== stamp).map(([folder]) => folder);
    return differing.length === 0 ? { changed: false, strays: [] } : this.#look(index, differing, false, () => false);
  }

  /** What the index is to know of one file; `undefined` when it is gone. `mine` says that this process has just written it. */
  inspect(entry: Pick<NoteEntry, 'id' | 'path'>, mine = false): IndexedNote | undefined {
    const { id, path } = entry;
    const file = readNoteFile(this.#root, path);
    if (file.outcome === 'missing') return undefined;
    if (file.outcome === 'unreadable') return { id, path, stamp: file.state ?? UNKNOWN, fault: file.label };
    const { widerMode } = file.state;
    if (widerMode !== undefined) this.#narrowed(path, widerMode);
    const note = noteFromFile(id, file.source, file.state, this.#suspicious);
    const changed = widerMode === undefined ? file.state.touchedMs : file.state.changedMs;
    const racy = !mine && Date.now() - changed < RACY_MS;
    return { id, path, stamp: racy ? { ...file.state, touchedMs: 0 } : file.state, heading: headingOf(note), text: note.text };
  }

  async #look(index: MemoryIndex, folders: readonly string[], whole: boolean, stopped: () => boolean): Promise<SyncOutcome> {
    const known = index.files();
    const knownFolders = index.folders();
    const listings = new Map<string, FolderListing | undefined>();
    const changed: NoteEntry[] = [];
    const seen = new Set<NoteId>();
    const strays: StrayEntry[] = [];
    const pending = [...folders];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      if (stopped()) return { changed: false, strays };
      if (listings.has(folder)) continue;
      const listing = await listFolder(this.#root, folder, (path) => known.get(path)?.id);
      listings.set(folder, listing);
      if (listing === undefined) continue;
      if (listing.leftovers) await sweepTemporaryFiles(join(this.#root, folder));
      strays.push(...listing.strays);
      pending.push(...listing.folders.filter((path) => whole || !knownFolders.has(path)));
      for (const entry of listing.notes) {
        if (seen.has(entry.id))
          strays.push({ label: 'note-bad-name', path: entry.path, why: 'has the same name as another note in another Unicode form' });
        else if (!isSame(known.get(entry.path), entry)) changed.push(entry);
        seen.add(entry.id);
      }
    }
    const looked = (path: string): boolean => whole || isIn(path, listings);
    const removed = [...known].filter(([path, { id }]) => !seen.has(id) && looked(path)).map(([, { id }]) => id);
    const goneFolders = [...knownFolders.keys()].filter((folder) =>
      whole ? !listings.has(folder) : isIn(`${folder}/`, listings) && listings.get(folder) === undefined,
    );
    await this.#apply(index, changed, removed, stopped);
    const folderChanges = [...listings].filter(([folder, listing]) => knownFolders.get(folder) !== listing?.stamp);
    if (folderChanges.length + goneFolders.length > 0 && !stopped()) {
      index.change(() => {
        for (const [folder, listing] of folderChanges) index.setFolder(folder, listing?.stamp);
        for (const folder of goneFolders) index.setFolder(folder, undefined);
      });
    }
    return { changed: changed.length + removed.length > 0, strays };
  }

  async #apply(index: MemoryIndex, changed: readonly NoteEntry[], removed: readonly NoteId[], stopped: () => boolean): Promise<void> {
    if (removed.length > 0)
      index.change(() => {
        for (const id of removed) index.remove(id);
      });
    for (let next = 0; next < changed.length && !stopped(); ) {
      const sliceStart = performance.now();
      index.change(() => {
        while (next < changed.length && performance.now() - sliceStart < SLICE_MS) {
          const entry = changed[next] as NoteEntry;
          const indexed = this.inspect(entry);
          if (indexed === undefined) index.remove(entry.id);
          else index.put(indexed);
          next += 1;
        }
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function isSame(known: (FileStamp & { readonly id: NoteId }) | undefined, { id, state }: NoteEntry): boolean {
  if (known === undefined || known.id !== id) return false;
  return known.touchedMs === state.touchedMs && known.size === state.size && known.inode === state.inode;
}

/** Whether a path lies directly in a folder that was looked at, or anywhere in one that turned out to be gone. */
function isIn(path: string, listings: ReadonlyMap<string, FolderListing | undefined>): boolean {
  for (let folder = parentOf(path), direct = true; ; folder = parentOf(folder), direct = false) {
    if (listings.has(folder) && (direct || listings.get(folder) === undefined)) return true;
    if (folder === '') return false;
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
