import type { MemoryNote } from './memory-note.js';
import type { ParsedNote } from './memory-note-format.js';
import { oneLine } from './memory-note-title.js';
import type { Provenance } from './message.js';

const MAX_SOURCE = 200;

/**
 * Whose a note on disk is: what it says of itself; a note that says nothing was written by hand and is own, unless `suspicious` (the scan of
 * its whole file) finds something.
 */
export function noteProvenance(parsed: ParsedNote, source: string, suspicious: (text: string) => boolean): Provenance {
  if (parsed.provenance !== undefined) return parsed.provenance;
  return suspicious(source) ? { kind: 'external', source: 'a file without provenance that looks like an injection' } : { kind: 'own' };
}

/**
 * Whose a note is after an append: own only when both parts are; sources of two external parts are both named, as far as they fit.
 */
export function joinProvenance(before: Provenance, added: Provenance): Provenance {
  if (before.kind === 'own') return added;
  if (added.kind === 'own' || before.source.split('; ').includes(added.source)) return before;
  return { kind: 'external', source: oneLine(`${before.source}; ${added.source}`, MAX_SOURCE) };
}

/** A provenance whose source is one line of at most 200 characters, fit to be written down and shown. */
export function tidyProvenance(provenance: Provenance): Provenance {
  if (provenance.kind === 'own') return provenance;
  return { kind: 'external', source: oneLine(provenance.source, MAX_SOURCE) || 'an unknown source' };
}

/** Whether two notes have the same text and provenance, so that a change of one can be made over the other without losing anything. */
export function sameContent(one: MemoryNote, other: MemoryNote): boolean {
  return one.text === other.text && one.provenance.kind === other.provenance.kind && one.tags.join('\n') === other.tags.join('\n');
}
