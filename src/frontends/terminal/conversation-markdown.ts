import { open } from 'node:fs/promises';
import type { Conversation } from '../../core/domain/conversation.js';
import { PyraError } from '../../core/domain/errors.js';
import type { Message } from '../../core/domain/message.js';
import { attachmentPath } from './attach-file.js';

/** A conversation as Markdown, for reading. */
export function conversationMarkdown(conversation: Conversation): string {
  return [`# Conversation ${conversation.id}`, ...conversation.messages.map(section)].join('\n\n').concat('\n');
}

/** Writes a conversation to a new file that only the person can read, and gives its path; an existing file is never overwritten. */
export async function writeExport(conversation: Conversation, path: string, cwd: string): Promise<string> {
  const target = attachmentPath(path, cwd);
  try {
    const file = await open(target, 'wx', 0o600);
    await file.writeFile(conversationMarkdown(conversation));
    await file.close();
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new PyraError('usage', exists ? `${path} exists already` : `${path} cannot be written`, {
      hint: 'name another file',
      cause: error,
    });
  }
  return target;
}

function section(message: Message): string {
  switch (message.role) {
    case 'user':
      return `## You (${message.at})\n\n${[message.text, ...(message.attachments ?? []).map(({ source }) => `*attached: ${source}*`)].join('\n\n')}`;
    case 'assistant': {
      const calls = message.calls.map((call) => `- called \`${call.tool}\` with \`${JSON.stringify(call.args)}\``).join('\n');
      const parts = [message.text, calls, message.interrupted === true ? '*interrupted*' : ''];
      return `## Pyra (${message.at})\n\n${parts.filter((part) => part !== '').join('\n\n')}`;
    }
    case 'tool':
      return `### Result of ${message.result.tool} (${message.result.outcome})\n\n${fenced(message.result.text)}`;
    case 'summary':
      return `### Summary\n\n${message.text}`;
  }
}

/** A fence that the text cannot close. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
