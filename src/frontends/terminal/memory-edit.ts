import { editInEditor, editorCommand } from '../../adapters/support/terminal/external-editor.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { NoteId } from '../../core/domain/identifiers.js';
import type { MemoryKeeper } from '../../core/usecases/memory-keeper.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { noteName } from './note-name.js';

/** Lets the person edit a copy of a note's text and stores what they made of it. Their work is never lost to a change by another program. */
export async function editNote(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const id = noteName(name);
  if (!context.interactive) {
    throw new PyraError('usage', 'an editor needs a terminal', { hint: `pyra memory add ${id} TEXT needs none` });
  }
  const command = editorCommand(context.env);
  if (command === undefined) {
    throw new PyraError('usage', 'no editor is chosen', { hint: 'set VISUAL or EDITOR, such as EDITOR=nano' });
  }
  const { memory } = await context.openPyra();
  const shown = await memory.read(id);
  const old = shown?.text ?? '';
  const edited = await editInEditor(command, old, id.split('/').at(-1) ?? 'note.md');
  if (edited === undefined) throw new PyraError('usage', 'the editor could not be started or failed', { hint: 'check VISUAL and EDITOR' });
  if (edited === old || (shown === undefined && edited.trim() === '')) {
    context.say('nothing was changed');
    return EXIT.ok;
  }
  try {
    await memory.revise(id, shown, edited);
    context.say(`written: ${id}`);
    return EXIT.ok;
  } catch (error) {
    if (!isPyraError(error, 'home/locked')) throw error;
    const kept = await keepBeside(memory, id, edited);
    throw new PyraError('home/locked', `${id} was changed by another program meanwhile`, { hint: `your text is kept as ${kept}` });
  }
}

async function keepBeside(memory: MemoryKeeper, id: NoteId, text: string): Promise<NoteId> {
  for (let number = 1; ; number += 1) {
    const beside = noteName(id.replace(/\.md$/, `-edited${number === 1 ? '' : `-${number}`}.md`));
    if ((await memory.read(beside)) === undefined) {
      // Whose it is cannot be told any more: foreign text may have been in it.
      const source = `an edit of ${id}`;
      return (await memory.remember({ id: beside, text, provenance: { kind: 'external', source } })).id;
    }
  }
}
