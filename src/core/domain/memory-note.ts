import type { FrontMatterEntry } from './front-matter.js';
import type { Instant, NoteId } from './identifiers.js';
import type { Provenance } from './message.js';

/** The largest note, in UTF-8 bytes of its text. */
export const MAX_NOTE_BYTES = 1_000_000;

/** One Markdown file of the memory, without its front matter. */
export interface MemoryNote {
  readonly id: NoteId;
  readonly text: string;
  readonly tags: readonly string[];
  readonly provenance: Provenance;
  readonly created: Instant;
  readonly updated: Instant;
  /** A person's own front matter that a new note starts with; only ever given for writing, kept by the file, never read back. */
  readonly frontMatter?: readonly FrontMatterEntry[];
}

/** What the index holds of a note. */
export interface MemoryHeading {
  readonly id: NoteId;
  /** The first Markdown heading, or the file's name without `.md`. */
  readonly title: string;
  readonly tags: readonly string[];
  readonly provenance: Provenance;
  readonly updated: Instant;
  /** The size of the text in UTF-8 bytes. */
  readonly bytes: number;
}

/** One answer of a search, best first. */
export interface MemoryHit {
  readonly heading: MemoryHeading;
  /** The passage that matched, one line, at most 200 characters. */
  readonly excerpt: string;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
}
