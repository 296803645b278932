import type { NoteId } from '../core/domain/identifiers.js';
import type { MemoryHeading, MemoryHit, MemoryNote } from '../core/domain/memory-note.js';

/** Keeps notes. Every method throws `memory/invalid-id` for an id that is absolute, leaves the memory, is too long or does not end in `.md`. */
export interface MemoryStore {
  /** The index in a stable order (by id), from what is known without reading every note. */
  headings(): Promise<readonly MemoryHeading[]>;
  /** The note as it is on disk now; `undefined` when there is none. */
  read(id: NoteId): Promise<MemoryNote | undefined>;
  /** Stores a note whole, replacing any of the same id, and renews the index. */
  write(note: MemoryNote): Promise<void>;
  /** Removes a note; false when there was none. */
  delete(id: NoteId): Promise<boolean>;
  /** The best notes for a query, ranked, at most `limit`; case- and accent-insensitive; an empty query finds nothing. */
  search(query: string, limit: number): Promise<readonly MemoryHit[]>;
}
