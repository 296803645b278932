import type { Completion } from '../../adapters/support/terminal/line-editor.js';
import type { ChatState } from './chat-state.js';
import { completePath } from './complete-path.js';
import { chatCommands } from './slash-commands.js';

/** What may stand at the cursor of the chat's edit line: a command, what belongs behind it, or a file behind `@`. */
export async function completeChat(chat: ChatState, text: string, cursor: number): Promise<Completion> {
  const before = text.slice(0, cursor);
  const command = /^\/([a-z]*)$/.exec(before);
  if (command !== null) {
    const names = (await chatCommands(chat)).map(({ name }) => `/${name} `).filter((name) => name.startsWith(before));
    return { from: 0, candidates: names };
  }
  const argument = /^\/([a-z]+)\s+(\S*)$/.exec(before);
  const [, name, word = ''] = argument ?? [];
  const complete = name === undefined ? undefined : (await chatCommands(chat)).find((candidate) => candidate.name === name)?.complete;
  if (complete !== undefined) {
    const from = cursor - word.length;
    return { from, candidates: (await complete(chat, word)).filter((candidate) => candidate.startsWith(word)) };
  }
  const path = /(?:^|\s)@(\S*)$/.exec(before)?.[1];
  if (path === undefined) return { from: cursor, candidates: [] };
  return { from: cursor - path.length, candidates: await completePath(path, chat.cwd) };
}
