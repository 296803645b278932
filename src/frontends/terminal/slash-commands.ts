import { PyraError } from '../../core/domain/errors.js';
import type { ChatState } from './chat-state.js';
import { nearest } from './nearest.js';
import type { SlashCommand } from './slash-command.js';
import { conversationCommands } from './slash-conversation.js';
import { informationCommands } from './slash-information.js';
import { memoryCommands } from './slash-memory.js';
import { declaredCommands, pluginCommands } from './slash-plugins.js';

/** All commands of the chat, in the order of `/help`. */
export const slashCommands: readonly SlashCommand[] = [
  {
    name: 'help',
    summary: 'list these commands',
    run: async (chat) => {
      const commands = await chatCommands(chat);
      const width = Math.max(...commands.map(usageOf).map(({ length }) => length));
      for (const command of commands) chat.say(`${chat.paint.bold(usageOf(command).padEnd(width))}  ${command.summary}`);
      chat.say(chat.paint.dim('Alt-Enter or a trailing \\ starts a new line · @FILE attaches a file'));
      chat.say(chat.paint.dim('Tab completes · Ctrl-R searches what you wrote · Ctrl-C stops an answer'));
      return undefined;
    },
  },
  ...conversationCommands,
  ...memoryCommands,
  ...pluginCommands,
  ...informationCommands,
];

const OWN_NAMES = slashCommands.map(({ name }) => name);

/** The commands of a chat: Pyra's own, then those that enabled plugins declare. */
export async function chatCommands(chat: ChatState): Promise<readonly SlashCommand[]> {
  return [...slashCommands, ...(await declaredCommands(chat, OWN_NAMES))];
}

/** Whether a message is a slash command or a mistyped one: a slash and a word. `/etc/hosts` and a line that begins with a space are not. */
export function isSlashCommand(text: string): boolean {
  return /^\/[a-z]*(?:\s|$)/i.test(text);
}

/** Runs what was typed behind a slash. A mistyped name is reported with the nearest, and never run. */
export async function runSlashCommand(text: string, chat: ChatState): Promise<'exit' | undefined> {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const own = slashCommands.find((candidate) => candidate.name === name);
  if (own !== undefined) return own.run(chat, rest.trim());
  const declared = await declaredCommands(chat, OWN_NAMES);
  const command = declared.find((candidate) => candidate.name === name);
  if (command !== undefined) return command.run(chat, rest.trim());
  const near = nearest(name, [...OWN_NAMES, ...declared.map((candidate) => candidate.name)]);
  throw new PyraError('usage', `there is no command /${name}`, {
    hint: near === undefined ? '/help lists the commands; begin with a space to send this as a message' : `did you mean: /${near}`,
  });
}

function usageOf({ name, words }: SlashCommand): string {
  return words === undefined ? `/${name}` : `/${name} ${words}`;
}
