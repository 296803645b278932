import { PyraError } from './errors.js';
import type { NoteId } from './identifiers.js';
import { utf8Bytes } from './token-budget.js';

/** The longest part of a note's path between two slashes, in UTF-8 bytes. */
export const MAX_NOTE_SEGMENT_BYTES = 200;

/** The longest path of a note, in UTF-8 bytes. */
export const MAX_NOTE_ID_BYTES = 500;

/** The file that Pyra makes from the index; never a note. */
export const MEMORY_INDEX_FILE = 'MEMORY_INDEX.md';

const MAX_DEPTH = 8;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** What is wrong with a note's name as one sentence in lower case, or `undefined` when it is a good name. */
export function noteIdFault(text: string): string | undefined {
  if (text === '') return 'the name is empty';
  if (text.includes('\0')) return 'the name has a NUL character in it';
  if (INVISIBLE.test(text)) return 'the name has control or invisible characters in it';
  if (text.includes('\\')) return 'the name has a backslash in it: folders are separated by /';
  if (text.startsWith('/') || text.startsWith('~') || /^[A-Za-z]:/.test(text))
    return 'the name is absolute: it must be relative to the memory';
  if (utf8Bytes(text) > MAX_NOTE_ID_BYTES) return `the name is longer than ${MAX_NOTE_ID_BYTES} bytes`;
  const segments = text.split('/');
  if (segments.includes('..')) return 'the name leaves the memory';
  if (segments.length > MAX_DEPTH) return `the name has more than ${MAX_DEPTH} parts`;
  for (const segment of segments) {
    const fault = segmentFault(segment);
    if (fault !== undefined) return fault;
  }
  if (!text.endsWith('.md')) return 'the name does not end in .md';
  if (text.toLowerCase() === MEMORY_INDEX_FILE.toLowerCase()) return `${MEMORY_INDEX_FILE} is made by Pyra and is not a note`;
  return undefined;
}

/** The id that a name stands for, in Unicode form C; throws `memory/invalid-id` with a sentence that says why it is none. */
export function parseNoteId(text: string): NoteId {
  const name = text.normalize('NFC');
  const fault = noteIdFault(name);
  if (fault !== undefined) {
    throw new PyraError('memory/invalid-id', `not a note's name: ${fault}`, {
      hint: 'a name is a relative path that ends in .md, such as user/profile.md or knowledge/garden.md',
    });
  }
  return name as NoteId;
}

function segmentFault(segment: string): string | undefined {
  if (segment === '') return 'the name has an empty part between slashes';
  if (segment.startsWith('.')) return 'a part of the name starts with a dot: hidden files are not notes';
  if (segment !== segment.trim()) return 'a part of the name starts or ends with a space';
  if (utf8Bytes(segment) > MAX_NOTE_SEGMENT_BYTES) return `a part of the name is longer than ${MAX_NOTE_SEGMENT_BYTES} bytes`;
  return undefined;
}
