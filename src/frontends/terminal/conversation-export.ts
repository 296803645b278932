import type { Conversation } from '../../core/domain/conversation.js';
import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import type { Message } from '../../core/domain/message.js';
import { visible } from '../../core/domain/untrusted.js';
import { visibleLine } from './visible-line.js';

/** A conversation as a Markdown document, whole. */
export function conversationMarkdown(conversation: Conversation, title: string): string {
  const parts = [`# ${visibleLine(title)}`, `Conversation \`${conversation.id}\``, ...conversation.messages.map(messageMarkdown)];
  return `${parts.join('\n\n')}\n`;
}

/** A conversation as one JSON object, as it is stored. */
export function conversationJson(conversation: Conversation, title: string): JsonObject {
  return { id: conversation.id, title, messages: JSON.parse(JSON.stringify(conversation.messages)) as JsonValue };
}

function messageMarkdown(message: Message): string {
  switch (message.role) {
    case 'user': {
      const attachments = (message.attachments ?? []).map((attachment) =>
        attachment.kind === 'text'
          ? `Attached: ${visibleLine(attachment.source)}\n\n${fenced(attachment.text)}`
          : `Attached: ${visibleLine(attachment.source)} (${attachment.mediaType})`,
      );
      return [`## You, ${message.at}`, visible(message.text), ...attachments].join('\n\n');
    }
    case 'assistant': {
      const calls = message.calls.map(
        (call) => `Call of \`${visibleLine(call.tool)}\`\n\n${fenced(JSON.stringify(call.args, null, 2), 'json')}`,
      );
      const mark = message.interrupted ? ' (interrupted)' : '';
      return [`## Pyra, ${message.at}${mark}`, visible(message.text), ...calls].filter((part) => part !== '').join('\n\n');
    }
    case 'tool': {
      const from = message.provenance.kind === 'external' ? `, text from ${visibleLine(message.provenance.source)}` : '';
      return `### Result of \`${visibleLine(message.result.tool)}\`: ${message.result.outcome}${from}\n\n${fenced(message.result.text)}`;
    }
    case 'summary':
      return `## Summary of the first ${message.covers} messages\n\n${visible(message.text)}`;
  }
}

/** A text in a code block that it cannot close. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${visible(text)}\n${fence}`;
}
