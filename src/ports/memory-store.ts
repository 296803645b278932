import type { Finding } from '../core/domain/finding.js';
import type { NoteId } from '../core/domain/identifiers.js';
import type { MemoryHeading, MemoryHit, MemoryNote } from '../core/domain/memory-note.js';

/** Keeps notes. Every method throws `memory/invalid-id` for an id that is absolute, leaves the memory, is too long or does not end in `.md`. */
export interface MemoryStore {
  /**
   * The index in a stable order (by id), from what is known without reading every note. With `quick` it may answer from the last check, for
   * a prompt that must not wait; without it, changes made by hand are seen.
   */
  headings(options?: { readonly quick?: boolean }): Promise<readonly MemoryHeading[]>;
  /** The note as it is on disk now; `undefined` when there is none; `memory/unreadable` when it is no text in UTF-8, too large, or not a plain file. */
  read(id: NoteId): Promise<MemoryNote | undefined>;
  /**
   * Stores a note whole, replacing any of the same id, and renews the index; on return it survives a power cut. With `over`, only if what is
   * stored still has the text and provenance of `over` (`null`: only if there is none): else nothing is changed and the answer is false.
   */
  write(note: MemoryNote, over?: MemoryNote | null): Promise<boolean>;
  /** Removes a note; false when there was none. */
  delete(id: NoteId): Promise<boolean>;
  /** The best notes for a query, ranked, at most `limit`; case- and accent-insensitive; an empty query finds nothing. Sees changes made by hand. */
  search(query: string, limit: number): Promise<readonly MemoryHit[]>;
  /** Everything in the memory that looks like a note and cannot be one (links, bad names, what is no text), each with what to do. */
  inspect(): Promise<readonly Finding[]>;
}
