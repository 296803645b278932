import { PyraError } from '../../core/domain/errors.js';
import type { MemoryHeading } from '../../core/domain/memory-note.js';
import { visible } from '../../core/domain/untrusted.js';
import type { ChatState } from './chat-state.js';
import type { SlashCommand } from './slash-command.js';

/** Where `/remember` writes. */
const REMEMBERED = 'knowledge/remembered.md';

const noteNames = async (chat: ChatState): Promise<readonly string[]> => (await chat.pyra.memory.list()).map(({ id }) => id);

/** Slash commands about the memory. What the person does here needs no card: it is their own doing. */
export const memoryCommands: readonly SlashCommand[] = [
  {
    name: 'memory',
    words: '[NAME|TEXT]',
    summary: 'list notes, show one, or search them',
    run: async (chat, rest) => {
      if (rest === '') {
        const notes = await chat.pyra.memory.list();
        if (notes.length === 0) chat.say('there are no notes yet');
        for (const heading of notes) chat.say(headingLine(chat, heading));
        return undefined;
      }
      const note = rest.endsWith('.md') ? await chat.pyra.memory.read(rest) : undefined;
      if (note !== undefined) {
        if (note.provenance.kind === 'external') chat.say(chat.paint.yellow(`from ${visible(note.provenance.source)}`));
        chat.say(visible(note.text));
        return undefined;
      }
      const hits = await chat.pyra.memory.search(rest);
      if (hits.length === 0) chat.say('nothing found');
      for (const { heading, excerpt } of hits) chat.say(`${headingLine(chat, heading)}\n  ${chat.paint.dim(visible(excerpt))}`);
      return undefined;
    },
    complete: noteNames,
  },
  {
    name: 'remember',
    words: 'TEXT',
    summary: `write a line into the note ${REMEMBERED}`,
    run: async (chat, rest) => {
      if (rest === '') throw new PyraError('usage', 'what is to be remembered?', { hint: '/remember TEXT' });
      if (chat.pyra.redactor.find(rest).length > 0) {
        throw new PyraError('usage', 'this holds a secret, and notes are no place for it', { hint: 'pyra vault set NAME' });
      }
      const note = await chat.pyra.memory.remember({ id: REMEMBERED, text: `- ${rest}`, append: true, provenance: { kind: 'own' } });
      chat.say(`remembered in ${note.id}`);
      return undefined;
    },
  },
  {
    name: 'forget',
    words: 'NAME',
    summary: 'remove a note',
    run: async (chat, rest) => {
      if (rest === '') throw new PyraError('usage', 'which note?', { hint: '/forget NAME, such as /forget knowledge/garden.md' });
      if ((await chat.pyra.memory.read(rest)) === undefined) throw new PyraError('not-found', `there is no note ${rest}`);
      if ((await chat.choose(`remove ${visible(rest)} for good? [y] yes  [n] no`, ['y', 'n'])) !== 'y') return undefined;
      await chat.pyra.memory.forget(rest);
      chat.say(`${visible(rest)} is forgotten`);
      return undefined;
    },
    complete: noteNames,
  },
];

function headingLine(chat: ChatState, { id, title, provenance }: MemoryHeading): string {
  const from = provenance.kind === 'external' ? chat.paint.yellow(`  (from ${visible(provenance.source)})`) : '';
  return `${visible(id)}  ${chat.paint.dim(visible(title))}${from}`;
}
