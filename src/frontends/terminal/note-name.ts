import { PyraError } from '../../core/domain/errors.js';
import type { NoteId } from '../../core/domain/identifiers.js';
import type { MemoryNote } from '../../core/domain/memory-note.js';
import { parseNoteId } from '../../core/domain/memory-note-id.js';
import type { MemoryKeeper } from '../../core/usecases/memory-keeper.js';
import { nearest } from './nearest.js';
import { visibleLine } from './visible-line.js';

/** The note that a person means: `.md` may be left out. Throws `memory/invalid-id`. */
export function noteName(text: string): NoteId {
  return parseNoteId(/\.md$/.test(text) || /(?:^|\/)$/.test(text) ? text : `${text}.md`);
}

/** The note of a name; `not-found` with the nearest name when there is none. */
export async function findNote(memory: MemoryKeeper, text: string): Promise<MemoryNote> {
  const id = noteName(text);
  const note = await memory.read(id);
  if (note !== undefined) return note;
  const ids = (await memory.list()).map((heading) => heading.id as string);
  const file = id.split('/').at(-1);
  const near = ids.find((other) => other.split('/').at(-1) === file) ?? nearest(id, ids);
  throw new PyraError('not-found', `there is no note ${visibleLine(id)}`, {
    hint: near === undefined ? 'pyra memory list names all' : `did you mean: pyra memory show ${visibleLine(near)}`,
  });
}
