import { type Instant, instantOf, millisecondsOf, type NoteId } from '../../core/domain/identifiers.js';
import type { MemoryHeading, MemoryNote } from '../../core/domain/memory-note.js';
import { parseNote } from '../../core/domain/memory-note-format.js';
import { noteProvenance } from '../../core/domain/memory-note-provenance.js';
import { noteTitle } from '../../core/domain/memory-note-title.js';
import { utf8Bytes } from '../../core/domain/token-budget.js';
import type { FileState } from './note-file.js';

/** How much later than its own date a file may be without counting as changed by hand, in milliseconds. */
const HAND_EDIT_MS = 2_000;

/** The note that a file holds. Dates that it does not give, or that are older than its last change by hand, are those of the file. */
export function noteFromFile(id: NoteId, source: string, state: FileState, suspicious: (text: string) => boolean): MemoryNote {
  const parsed = parseNote(source);
  const changed = instantOf(Math.trunc(state.changedMs));
  return {
    id,
    text: parsed.text,
    tags: parsed.tags,
    provenance: noteProvenance(parsed, source, suspicious),
    created: parsed.created ?? earlier(instantOf(Math.trunc(state.bornMs || state.changedMs)), changed),
    updated: parsed.updated !== undefined && state.changedMs <= millisecondsOf(parsed.updated) + HAND_EDIT_MS ? parsed.updated : changed,
  };
}

/** What the index holds of a note. */
export function headingOf({ id, text, tags, provenance, updated }: MemoryNote): MemoryHeading {
  return { id, title: noteTitle(id, text), tags, provenance, updated, bytes: utf8Bytes(text) };
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}
