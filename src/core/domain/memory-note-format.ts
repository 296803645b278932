import type { FrontMatterEntry } from './front-matter.js';
import { joinFrontMatter, listOf, quoteScalar, scalarOf, splitFrontMatter } from './front-matter.js';
import { type Instant, instantOf } from './identifiers.js';
import type { MemoryNote } from './memory-note.js';
import type { Provenance } from './message.js';

/** What stands in a note's file; what a person left out is absent. */
export interface ParsedNote {
  readonly text: string;
  readonly tags: readonly string[];
  readonly provenance?: Provenance;
  readonly created?: Instant;
  readonly updated?: Instant;
  /** The whole front matter, for {@link printNote}, which keeps what is not Pyra's. */
  readonly entries: readonly FrontMatterEntry[];
}

const OWN_KEYS = ['tags', 'provenance', 'source', 'created', 'updated'];
const UNKNOWN_SOURCE = 'an unknown source';

/** Reads a note's file. Tolerant: a file without front matter, or with one written by hand, is a note too. */
export function parseNote(source: string): ParsedNote {
  const { entries, body } = splitFrontMatter(source);
  const provenance = provenanceOf(entries);
  const created = instantIn(entries, 'created');
  const updated = instantIn(entries, 'updated');
  return {
    text: body,
    tags: [...new Set(listOf(entries, 'tags'))],
    entries,
    ...(provenance === undefined ? {} : { provenance }),
    ...(created === undefined ? {} : { created }),
    ...(updated === undefined ? {} : { updated }),
  };
}

/**
 * The file of a note. Pyra's keys come first; keys, comments and their order from `previous` (the front matter that the file had)
 * survive below them.
 */
export function printNote(note: MemoryNote, previous: readonly FrontMatterEntry[] = []): string {
  const own: FrontMatterEntry[] = [];
  const add = (key: string, value: string): void => {
    own.push({ key, lines: [`${key}: ${value}`] });
  };
  if (note.tags.length > 0) add('tags', `[${note.tags.map(printTag).join(', ')}]`);
  add('provenance', note.provenance.kind);
  if (note.provenance.kind === 'external') add('source', quoteScalar(note.provenance.source));
  add('created', note.created);
  add('updated', note.updated);
  const foreign = previous.filter((entry) => entry.key === undefined || !OWN_KEYS.includes(entry.key));
  return joinFrontMatter([...own, ...foreign], note.text);
}

/** Anything but the exact word `own` is external: a damaged mark never makes a note trusted. */
function provenanceOf(entries: readonly FrontMatterEntry[]): Provenance | undefined {
  if (!entries.some((entry) => entry.key === 'provenance')) return undefined;
  if (scalarOf(entries, 'provenance') === 'own' && entries.filter((entry) => entry.key === 'provenance').length === 1)
    return { kind: 'own' };
  return { kind: 'external', source: scalarOf(entries, 'source') ?? UNKNOWN_SOURCE };
}

function instantIn(entries: readonly FrontMatterEntry[], key: string): Instant | undefined {
  const text = scalarOf(entries, key);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : instantOf(milliseconds);
}

function printTag(tag: string): string {
  return /^[A-Za-z][A-Za-z0-9 _/-]*$/.test(tag) && !/^(?:true|false|yes|no|on|off|null)$/i.test(tag) && tag === tag.trim()
    ? tag
    : quoteScalar(tag);
}
