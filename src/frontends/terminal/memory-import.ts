import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { Instant } from '../../core/domain/identifiers.js';
import { isJsonObject } from '../../core/domain/json.js';
import { MAX_NOTE_BYTES } from '../../core/domain/memory-note.js';
import { parseNote } from '../../core/domain/memory-note-format.js';
import type { Provenance } from '../../core/domain/message.js';
import type { MemoryKeeper, NewNote } from '../../core/usecases/memory-keeper.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { visibleLine } from './visible-line.js';

const AT_ONCE = 64;
const MAX_EXPORT_BYTES = 500_000_000;

/** A note that is offered for import; `provenance` is what it says of itself. */
type Offered = Omit<NewNote, 'provenance'> & { readonly provenance?: Provenance; readonly fault?: string };

/** What became of one of them. */
interface Outcome {
  readonly name: string;
  readonly outcome: 'imported' | 'skipped' | 'failed';
  readonly why?: string;
}

/** Takes notes in. What they say of themselves is believed only with `--own`; without it they are all from elsewhere. */
export async function importNotes(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const [from = ''] = args.words;
  const path = resolve(context.cwd, from);
  const into = (args.value('into') ?? '').replace(/\/+$/, '');
  const source = `an import of ${basename(path)}`;
  const offered = offeredNotes(path).map((note) => {
    const own = note.provenance ?? { kind: 'own' };
    return {
      ...note,
      id: into === '' ? note.id : `${into}/${note.id}`,
      provenance: args.has('own') ? own : ({ kind: 'external', source } as const),
    };
  });
  if (offered.length === 0)
    throw new PyraError('not-found', `there are no notes in ${from}`, { hint: 'a folder of .md files, one .md file, or a JSON export' });
  const { memory } = await context.openPyra();
  const outcomes: Outcome[] = [];
  for (let start = 0; start < offered.length; start += AT_ONCE) {
    context.signal.throwIfAborted();
    const batch = offered.slice(start, start + AT_ONCE);
    outcomes.push(...(await Promise.all(batch.map((note) => importOne(context, memory, note, args.has('replace'))))));
  }
  return report(context, outcomes, args.has('own'));
}

async function importOne(
  context: CommandContext,
  memory: MemoryKeeper,
  note: NewNote & { readonly fault?: string },
  replace: boolean,
): Promise<Outcome> {
  const name = note.id;
  if (note.fault !== undefined) return { name, outcome: 'failed', why: note.fault };
  try {
    if (!replace && (await memory.read(name)) !== undefined) return { name, outcome: 'skipped', why: 'there is a note of this name' };
    if (!context.globals.dryRun) await memory.remember(note);
    return { name, outcome: 'imported' };
  } catch (error) {
    if (!isPyraError(error) || error.code === 'home/unwritable') throw error;
    return { name, outcome: 'failed', why: error.message };
  }
}

function report(context: CommandContext, outcomes: readonly Outcome[], own: boolean): ExitCode {
  const count = (outcome: Outcome['outcome']): number => outcomes.filter((one) => one.outcome === outcome).length;
  if (context.globals.json) context.printJson({ notes: outcomes.map((outcome) => ({ ...outcome })), imported: count('imported') });
  else {
    for (const { name, why } of outcomes) if (why !== undefined) context.say(`${visibleLine(name)}: ${visibleLine(why)}`);
    const done = context.globals.dryRun ? 'would be imported' : 'imported';
    const left = outcomes.length - count('imported');
    context.say(`${count('imported')} ${done}${left === 0 ? '' : `, ${left} left out`}`);
    if (!own && count('imported') > 0)
      context.say('they count as text from elsewhere; pyra memory trust NAME makes one yours, import --own all of them');
  }
  return count('failed') > 0 ? EXIT.failure : EXIT.ok;
}

function offeredNotes(path: string): readonly Offered[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new PyraError('not-found', `there is no file or folder ${path}`);
  if (stats.isDirectory()) return notesInFolder(path);
  return path.endsWith('.json') ? notesInExport(path, stats.size) : [noteInFile(path, basename(path))];
}

/** All Markdown files below a folder; hidden ones and links are passed over. */
function notesInFolder(root: string, below = ''): readonly Offered[] {
  return readdirSync(join(root, below), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return notesInFolder(root, name);
      return entry.isFile() && entry.name.endsWith('.md') && name !== 'MEMORY_INDEX.md' ? [noteInFile(join(root, name), name)] : [];
    });
}

function noteInFile(path: string, name: string): Offered {
  const { size } = statSync(path);
  if (size > MAX_NOTE_BYTES * 2) return { id: name, text: '', fault: `the file is larger than ${MAX_NOTE_BYTES} bytes` };
  const bytes = readFileSync(path);
  if (!isUtf8(bytes)) return { id: name, text: '', fault: 'the file is not text in UTF-8' };
  const parsed = parseNote(bytes.toString('utf8'));
  const { text, tags, provenance, created, entries } = parsed;
  return {
    id: name,
    text,
    tags,
    frontMatter: entries,
    ...(provenance === undefined ? {} : { provenance }),
    ...(created === undefined ? {} : { created }),
  };
}

function notesInExport(path: string, size: number): readonly Offered[] {
  if (size > MAX_EXPORT_BYTES) throw new PyraError('limit/reached', `${path} is too large`);
  const value = parseJson(readFileSync(path, 'utf8'));
  const notes = isJsonObject(value) ? value.notes : undefined;
  if (!Array.isArray(notes)) throw new PyraError('usage', `${path} is no export of notes`, { hint: 'pyra memory export writes one' });
  return notes.map((note: unknown, position) => {
    if (!isJsonObject(note) || typeof note.name !== 'string' || typeof note.text !== 'string') {
      throw new PyraError('usage', `note ${position + 1} in ${path} has no name or no text`);
    }
    const tags = Array.isArray(note.tags) ? note.tags.filter((tag): tag is string => typeof tag === 'string') : [];
    const created =
      typeof note.created === 'string' && !Number.isNaN(Date.parse(note.created))
        ? { created: new Date(note.created).toISOString() as Instant }
        : {};
    return { id: note.name, text: note.text, tags, ...provenanceIn(note.provenance), ...created };
  });
}

/** Anything but a clear `own` is external. */
function provenanceIn(value: unknown): { readonly provenance?: Provenance } {
  if (value === undefined) return {};
  if (isJsonObject(value) && value.kind === 'own') return { provenance: { kind: 'own' } };
  const source = isJsonObject(value) && typeof value.source === 'string' ? value.source : 'an unknown source';
  return { provenance: { kind: 'external', source } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PyraError('usage', 'the file is no JSON', { cause: error });
  }
}
