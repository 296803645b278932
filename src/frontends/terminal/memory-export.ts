import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../../adapters/support/atomic-file.js';
import { PyraError } from '../../core/domain/errors.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { MemoryNote } from '../../core/domain/memory-note.js';
import { printNote } from '../../core/domain/memory-note-format.js';
import type { MemoryKeeper } from '../../core/usecases/memory-keeper.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** Writes all notes: JSON to stdout or into a file, Markdown files into a folder. */
export async function exportNotes(context: CommandContext, { words: [target] }: ParsedArguments): Promise<ExitCode> {
  const { memory } = await context.openPyra();
  const notes = await readAll(context, memory);
  if (target === undefined || target === '-') {
    context.printJson({ notes: notes.map(noteJson) });
    return EXIT.ok;
  }
  const path = resolve(context.cwd, target);
  if (target.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory()) await writeFolder(context, path, notes);
  else {
    refuseExisting(context, path);
    await writeFileAtomic(path, `${JSON.stringify({ v: 1, notes: notes.map(noteJson) }, null, 2)}\n`, 0o600);
  }
  if (context.globals.json) context.printJson({ file: path, notes: notes.length });
  else context.say(`${notes.length} ${notes.length === 1 ? 'note' : 'notes'} written to ${target}`);
  return EXIT.ok;
}

async function readAll(context: CommandContext, memory: MemoryKeeper): Promise<readonly MemoryNote[]> {
  const notes: MemoryNote[] = [];
  for (const { id } of await memory.list()) {
    context.signal.throwIfAborted();
    const note = await memory.read(id);
    if (note !== undefined) notes.push(note);
  }
  return notes;
}

/** A note's name cannot leave the folder; a link in the folder is refused by the write. */
async function writeFolder(context: CommandContext, folder: string, notes: readonly MemoryNote[]): Promise<void> {
  for (const note of notes) refuseExisting(context, join(folder, note.id));
  for (const note of notes) {
    const path = join(folder, note.id);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, printNote(note), 0o600);
  }
}

function refuseExisting(context: CommandContext, path: string): void {
  if (context.globals.yes || lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new PyraError('usage', `${path} exists already`, { hint: 'choose another name, or --yes to replace it' });
}

function noteJson({ id, text, tags, provenance, created, updated }: MemoryNote): JsonObject {
  return { name: id, text, tags, provenance: { ...provenance }, created, updated };
}
