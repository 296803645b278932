import { editInEditor, editorCommand } from '../../adapters/support/terminal/external-editor.js';
import type { ConversationHeading } from '../../core/domain/conversation.js';
import { PyraError } from '../../core/domain/errors.js';
import type { Message } from '../../core/domain/message.js';
import { visible } from '../../core/domain/untrusted.js';
import { forkConversation, lastExchange, newConversationId } from '../../core/usecases/conversation-fork.js';
import { searchConversations } from '../../core/usecases/search-conversations.js';
import { type AttachmentPlace, readAttachment } from './attachments.js';
import type { ChatState } from './chat-state.js';
import { completePath } from './complete-path.js';
import { conversationMarkdown } from './conversation-export.js';
import { localTime } from './conversation-text.js';
import { findConversation } from './find-conversation.js';
import { copyToClipboard } from './module.js';
import type { SlashCommand } from './slash-command.js';
import { visibleLine } from './visible-line.js';
import { writeNewFile } from './write-new-file.js';

/** The most conversations that a list shows, and that are completed. */
const MAX_LISTED = 15;
const MAX_COMPLETED = 200;

/** Slash commands about the conversation. */
export const conversationCommands: readonly SlashCommand[] = [
  {
    name: 'new',
    summary: 'start a new conversation',
    run: async (chat) => {
      chat.conversation = newConversationId(chat.pyra.system);
      chat.attachments = [];
      chat.say('a new conversation: what was read before is not in it');
      return undefined;
    },
  },
  {
    name: 'resume',
    words: '[ID]',
    summary: 'go on with another conversation, or list them',
    run: async (chat, rest) => {
      if (rest === '') {
        listHeadings(chat, (await chat.pyra.conversations.headings()).slice(0, MAX_LISTED));
        return undefined;
      }
      const { id } = await findConversation(chat.pyra.conversations, rest);
      chat.conversation = id;
      chat.attachments = [];
      showLast(chat, (await chat.pyra.conversations.load(id))?.messages ?? []);
      return undefined;
    },
    complete: async (chat) => (await chat.pyra.conversations.headings()).slice(0, MAX_COMPLETED).map(({ id }) => id),
  },
  {
    name: 'find',
    words: 'TEXT',
    summary: 'find a text in your conversations',
    run: async (chat, rest) => {
      if (rest === '') throw new PyraError('usage', 'what is to be found?', { hint: '/find TEXT' });
      const found = await searchConversations(chat.pyra.conversations, rest, MAX_LISTED);
      if (found.length === 0) chat.say('nothing found');
      for (const { heading, excerpt } of found) chat.say(`${headingLine(chat, heading)}\n  ${chat.paint.dim(visibleLine(excerpt))}`);
      return undefined;
    },
  },
  {
    name: 'undo',
    summary: 'take the last exchange back',
    run: async (chat) => {
      const { text } = await withoutLastExchange(chat);
      chat.draft = text;
      chat.say('the last exchange is taken back; your words stand in the edit line (the conversation as it was is kept too)');
      return undefined;
    },
  },
  {
    name: 'retry',
    summary: 'ask for the last answer again',
    run: async (chat) => {
      const { text, attachments } = await withoutLastExchange(chat);
      await chat.send(text, attachments);
      return undefined;
    },
  },
  {
    name: 'edit',
    words: '[TEXT]',
    summary: 'write a message in your editor',
    run: async (chat, rest) => {
      chat.draft = await editedText(chat, rest);
      return undefined;
    },
  },
  {
    name: 'attach',
    words: 'FILE',
    summary: 'send a file with the next message (or write @FILE in it)',
    run: async (chat, rest) => {
      if (rest === '') throw new PyraError('usage', 'which file?', { hint: '/attach FILE' });
      const attachment = await readAttachment(rest, attachmentPlace(chat));
      chat.attachments = [...chat.attachments, attachment];
      chat.say(`${visible(attachment.source)} goes with the next message`);
      return undefined;
    },
    complete: (chat, word) => completePath(word, chat.cwd),
  },
  {
    name: 'copy',
    summary: 'put the last answer on the clipboard',
    run: async (chat) => {
      const messages = (await chat.pyra.conversations.load(chat.conversation))?.messages ?? [];
      const answer = messages.findLast((message) => message.role === 'assistant' && message.text !== '');
      if (answer?.role !== 'assistant') throw new PyraError('not-found', 'there is no answer yet');
      await copyToClipboard(answer.text).catch((error: unknown) => {
        throw new PyraError('not-found', 'there is no clipboard here', { hint: '/export writes the conversation to a file', cause: error });
      });
      chat.say(`copied ${answer.text.length.toLocaleString('en')} characters`);
      return undefined;
    },
  },
  {
    name: 'export',
    words: '[FILE]',
    summary: 'write the conversation to a Markdown file',
    run: async (chat, rest) => {
      const stored = await chat.pyra.conversations.load(chat.conversation);
      if (stored === undefined) throw new PyraError('not-found', 'there is nothing to write yet');
      const heading = (await chat.pyra.conversations.headings()).find(({ id }) => id === chat.conversation);
      const markdown = conversationMarkdown(stored, heading?.title ?? chat.conversation);
      const path = await writeNewFile(rest === '' ? `${chat.conversation}.md` : rest, markdown, chat.cwd);
      chat.say(`written to ${visible(path)}`);
      return undefined;
    },
    complete: (chat, word) => completePath(word, chat.cwd),
  },
  {
    name: 'compact',
    summary: 'summarise what was said, so that it needs less room',
    run: async (chat) => {
      const covered = await chat.pyra.assistant.compact(
        { conversation: chat.conversation, ...(chat.model === undefined ? {} : { model: chat.model }) },
        chat.signal,
      );
      chat.say(covered === 0 ? 'there is nothing to summarise yet' : `${covered} messages are summarised`);
      return undefined;
    },
  },
];

/** What the person said last and what was answered, so that they know where they are. */
export function showLast(chat: Pick<ChatState, 'say' | 'paint' | 'conversation'>, messages: readonly Message[]): void {
  chat.say(`conversation ${chat.conversation}, ${messages.length} messages`);
  const exchange = messages.slice(lastExchange(messages));
  for (const message of exchange) {
    if (message.role === 'user') chat.say(chat.paint.bold(`› ${visible(message.text).slice(0, 300)}`));
    if (message.role === 'assistant' && message.text !== '') {
      const text = visible(message.text);
      chat.say(chat.paint.dim(text.length > 600 ? `… ${text.slice(-600)}` : text));
    }
  }
}

/** Goes on in a new conversation without the last exchange: stored conversations are never rewritten. */
async function withoutLastExchange(chat: ChatState) {
  const messages = (await chat.pyra.conversations.load(chat.conversation))?.messages ?? [];
  const from = lastExchange(messages);
  const message = messages[from];
  if (message?.role !== 'user') throw new PyraError('not-found', 'there is nothing to take back');
  chat.conversation = await forkConversation(chat.pyra, messages, from);
  return { text: message.text, attachments: message.attachments ?? [] };
}

/** Where the attachments of a chat come from. */
export function attachmentPlace(chat: Pick<ChatState, 'cwd' | 'home' | 'pyra' | 'signal'>): AttachmentPlace {
  return { cwd: chat.cwd, home: chat.home, boundary: () => chat.pyra.system.id(), signal: chat.signal };
}

/** A text from the person's editor. */
export async function editedText(chat: Pick<ChatState, 'environment' | 'console'>, text: string): Promise<string> {
  const command = editorCommand(chat.environment);
  if (command === undefined) throw new PyraError('usage', 'no editor is named', { hint: 'set VISUAL or EDITOR, such as EDITOR=nano' });
  const edited = await chat.console.lend(() => editInEditor(command, text, 'message.md'));
  if (edited === undefined) throw new PyraError('usage', `the editor ${command[0]} failed`);
  return edited.trimEnd();
}

function listHeadings(chat: ChatState, headings: readonly ConversationHeading[]): void {
  if (headings.length === 0) chat.say('there are no conversations yet');
  for (const heading of headings) chat.say(headingLine(chat, heading));
}

function headingLine(chat: ChatState, { id, title, updated }: ConversationHeading): string {
  return `${id}  ${chat.paint.dim(localTime(updated))}  ${visibleLine(title)}`;
}
