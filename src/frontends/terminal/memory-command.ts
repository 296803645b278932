import { PyraError } from '../../core/domain/errors.js';
import { scanInbound } from '../../core/domain/injection-scan.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { MemoryHeading, MemoryNote } from '../../core/domain/memory-note.js';
import type { Provenance } from '../../core/domain/message.js';
import { visible } from '../../core/domain/untrusted.js';
import type { MemoryKeeper } from '../../core/usecases/memory-keeper.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, FlagSpec, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { editNote } from './memory-edit.js';
import { exportNotes } from './memory-export.js';
import { importNotes } from './memory-import.js';
import { findNote, noteName } from './note-name.js';
import { readStdin } from './read-stdin.js';
import { visibleLine } from './visible-line.js';
import { wholeNumber } from './whole-number.js';

const OWN: FlagSpec = { name: 'own', summary: 'it is your own word: it may be loaded into conversations by itself' };
const NAME_DETAILS = 'A name is a path below the memory, such as user/profile.md; the ending .md may be left out.';

/** `pyra memory`: the notes. */
export const commands: readonly Command[] = [
  {
    noun: 'memory',
    verb: 'list',
    summary: 'list the notes',
    examples: ['pyra memory list', 'pyra memory list --json'],
    run: list,
  },
  {
    noun: 'memory',
    verb: 'search',
    summary: 'find notes by words, the best first',
    words: '<...query>',
    flags: [{ name: 'limit', value: 'N', summary: 'show at most N (10)' }],
    examples: ['pyra memory search green tea', 'pyra memory search dentist --limit 3'],
    run: search,
  },
  {
    noun: 'memory',
    verb: 'show',
    summary: 'show a note',
    words: '<name>',
    examples: ['pyra memory show user/profile.md'],
    details: NAME_DETAILS,
    run: show,
  },
  {
    noun: 'memory',
    verb: 'add',
    summary: 'write a note, or add to one',
    words: '<name> [...text]',
    flags: [
      { name: 'append', summary: 'add to the end of the note instead of replacing it' },
      { name: 'tag', value: 'TAG', repeat: true, summary: 'a tag of the note' },
      OWN,
    ],
    examples: ['pyra memory add user/profile.md "I drink green tea." --append', 'pyra memory add knowledge/recipe.md - < recipe.txt'],
    details: `${NAME_DETAILS} With - or without a text, stdin is read; what comes from there counts as text from elsewhere unless --own is given.`,
    run: add,
  },
  {
    noun: 'memory',
    verb: 'edit',
    summary: 'edit a note in your editor (VISUAL or EDITOR)',
    words: '<name>',
    examples: ['pyra memory edit user/profile.md'],
    details: NAME_DETAILS,
    run: editNote,
  },
  {
    noun: 'memory',
    verb: 'trust',
    summary: 'make a note from elsewhere your own, after you have read it',
    words: '<name>',
    examples: ['pyra memory trust knowledge/recipe.md'],
    details: 'A note of your own may be loaded into conversations by itself, and the assistant believes what it says.',
    run: trust,
  },
  {
    noun: 'memory',
    verb: 'forget',
    summary: 'delete a note',
    words: '<name>',
    examples: ['pyra memory forget knowledge/recipe.md', 'pyra memory forget knowledge/recipe.md --yes'],
    run: forget,
  },
  {
    noun: 'memory',
    verb: 'export',
    summary: 'write all notes as one JSON file, or as a folder of Markdown',
    words: '[file]',
    examples: ['pyra memory export > notes.json', 'pyra memory export notes.json', 'pyra memory export notes/'],
    details: 'A name that ends in / or is a folder gets Markdown files. What exists is replaced only with --yes.',
    run: exportNotes,
  },
  {
    noun: 'memory',
    verb: 'import',
    summary: 'take notes in from a JSON export, a Markdown file or a folder of them',
    words: '<file>',
    flags: [
      { name: 'into', value: 'FOLDER', summary: 'put them below this folder of the memory' },
      { name: 'replace', summary: 'replace notes that have the same name; else they are left alone' },
      OWN,
    ],
    examples: ['pyra memory import notes.json --own', 'pyra memory import ~/vault --into knowledge/vault'],
    details:
      'Imported notes count as text from elsewhere: they are named to the assistant, not loaded, until you trust them or give --own.',
    run: importNotes,
  },
];

async function list(context: CommandContext): Promise<ExitCode> {
  const { memory } = await context.openPyra();
  const headings = await memory.list();
  const findings = await memory.inspect();
  if (context.globals.json) {
    context.printJson({ notes: headings.map(headingJson), findings: findings.map((finding) => ({ ...finding })) });
    return EXIT.ok;
  }
  if (headings.length === 0) context.say('there are no notes yet; pyra memory add writes one');
  else context.print(columnsText(headings.map(headingRow)));
  for (const { message, fix } of findings) context.say(`${visibleLine(message)}${fix === undefined ? '' : `: ${fix}`}`);
  return EXIT.ok;
}

async function search(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const limit = wholeNumber(args, 'limit', 10);
  const { memory } = await context.openPyra();
  const hits = await memory.search(args.words.join(' '), limit);
  if (context.globals.json) {
    context.printJson({ notes: hits.map(({ heading, excerpt, score }) => ({ ...headingJson(heading), excerpt, score })) });
    return EXIT.ok;
  }
  const paint = context.paint('stdout');
  for (const { heading, excerpt } of hits) {
    context.print(headingRow(heading).join('  ').trimEnd());
    if (excerpt !== '') context.print(paint.dim(`    ${visibleLine(excerpt)}`));
  }
  if (hits.length === 0) context.say('nothing was found');
  return EXIT.ok;
}

async function show(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const { memory } = await context.openPyra();
  const note = await findNote(memory, name);
  if (context.globals.json) context.printJson({ note: noteJson(note) });
  else {
    context.say(context.paint('stderr').dim(aboutNote(note)));
    context.print(visible(note.text).replace(/\n$/, ''));
  }
  return EXIT.ok;
}

async function add(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const [name = '', ...words] = args.words;
  const id = noteName(name);
  const fromStdin = words.length === 0 || (words.length === 1 && words[0] === '-');
  if (fromStdin && context.interactive && words.length === 0) {
    throw new PyraError('usage', 'there is no text to write down', {
      hint: `give it after the name, or edit the note: pyra memory edit ${id}`,
    });
  }
  const text = fromStdin ? await textFromStdin(context) : words.join(' ');
  if (text.trim() === '') throw new PyraError('usage', 'the text is empty');
  const provenance: Provenance = fromStdin && !args.has('own') ? { kind: 'external', source: 'stdin' } : { kind: 'own' };
  const { memory } = await context.openPyra();
  const append = args.has('append');
  if (!append) await allowReplacing(context, memory, id);
  const tags = args.has('tag') ? { tags: args.values('tag') } : {};
  if (context.globals.dryRun) {
    context.say(`would write ${id}`);
    return EXIT.ok;
  }
  const note = await memory.remember({ id, text, append, provenance, ...tags }).catch((error: unknown) => {
    throw ownNoteError(error, id, provenance);
  });
  if (context.globals.json) context.printJson({ note: noteJson(note) });
  else
    context.say(
      `written: ${note.id}${note.provenance.kind === 'own' ? '' : ` (text from ${note.provenance.source}; pyra memory trust ${note.id} makes it yours)`}`,
    );
  if (!note.text.includes(text.trim()))
    context.say('what looked like a secret was left out; secrets belong into the vault: pyra vault set NAME');
  return EXIT.ok;
}

async function trust(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const { memory } = await context.openPyra();
  const note = await findNote(memory, name);
  if (note.provenance.kind === 'own') {
    if (context.globals.json) context.printJson({ note: noteJson(note) });
    else context.say(`${note.id} is your own already`);
    return EXIT.ok;
  }
  const findings = scanInbound(note.text);
  if (!context.globals.json) {
    context.say(`${note.id}: text from ${visibleLine(note.provenance.source)}\n`);
    context.print(visible(note.text));
    const paint = context.paint('stderr');
    for (const { message } of findings) context.say(paint.yellow(`warning: ${visibleLine(message)}`));
  }
  if (!context.globals.yes && !context.globals.dryRun) {
    const prompter = await context.openPrompter();
    const message = `is this your own word, to be believed in every conversation?`;
    if (!(await prompter.confirm({ message, flag: '--yes' }))) return EXIT.failure;
  }
  if (context.globals.dryRun) {
    context.say(`would trust ${note.id}`);
    return EXIT.ok;
  }
  const trusted = await memory.trust(note.id, note);
  if (context.globals.json) context.printJson({ note: noteJson(trusted ?? note), findings: findings.map(({ label }) => label) });
  else context.say(`${note.id} is your own now`);
  return EXIT.ok;
}

async function forget(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const { memory } = await context.openPyra();
  const { id } = (await memory.list()).find((heading) => heading.id === noteName(name)) ?? (await findNote(memory, name));
  if (context.globals.dryRun) {
    context.say(`would delete ${id}`);
    return EXIT.ok;
  }
  if (!context.globals.yes) {
    const prompter = await context.openPrompter();
    if (!(await prompter.confirm({ message: `delete ${visibleLine(id)} for good?`, flag: '--yes' }))) return EXIT.failure;
  }
  await memory.forget(id);
  if (context.globals.json) context.printJson({ deleted: id });
  else context.say(`deleted: ${id}`);
  return EXIT.ok;
}

async function textFromStdin(context: CommandContext): Promise<string> {
  const { bytes, cut } = await readStdin(context.stdin, () => context.say('waiting for the text on stdin …'));
  if (cut) throw new PyraError('limit/reached', 'the text is too large for a note', { hint: 'split it into several notes' });
  return bytes.toString('utf8');
}

async function allowReplacing(context: CommandContext, memory: MemoryKeeper, id: string): Promise<void> {
  if (context.globals.yes || context.globals.dryRun || (await memory.read(id)) === undefined) return;
  if (!context.interactive) throw new PyraError('usage', `${id} exists already`, { hint: '--append adds to it, --yes replaces it' });
  const prompter = await context.openPrompter();
  if (await prompter.confirm({ message: `${id} exists already. Replace it?`, flag: '--yes' })) return;
  throw new PyraError('usage', `${id} was left as it is`, { hint: '--append adds to it' });
}

/** The person is told of `--own`, which the model is not. */
function ownNoteError(error: unknown, id: string, provenance: Provenance): unknown {
  if (provenance.kind === 'own' || !(error instanceof PyraError) || error.code !== 'usage') return error;
  return new PyraError('usage', `${id} is your own note, and text from ${provenance.source} may be foreign`, {
    hint: 'add --own if the text is your own word, or choose another name',
  });
}

function aboutNote({ tags, provenance, updated }: MemoryNote): string {
  const parts = [
    ...(provenance.kind === 'own' ? [] : [`text from ${visibleLine(provenance.source)}`]),
    ...(tags.length === 0 ? [] : [visibleLine(tags.join(', '))]),
    `changed ${updated.slice(0, 10)}`,
  ];
  return parts.join(' · ');
}

function headingRow({ id, title, tags, provenance, updated }: MemoryHeading): readonly string[] {
  const from = provenance.kind === 'own' ? '' : ` (text from ${visibleLine(provenance.source)})`;
  const marks = tags.length === 0 ? '' : ` #${tags.map(visibleLine).join(' #')}`;
  return [visibleLine(id), updated.slice(0, 10), `${visibleLine(title)}${marks}${from}`];
}

function headingJson({ id, title, tags, provenance, updated, bytes }: MemoryHeading): JsonObject {
  return { name: id, title, tags, provenance: { ...provenance }, updated, bytes };
}

function noteJson({ id, text, tags, provenance, created, updated }: MemoryNote): JsonObject {
  return { name: id, text, tags, provenance: { ...provenance }, created, updated };
}
