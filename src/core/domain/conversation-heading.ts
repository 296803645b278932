import type { ConversationHeading } from './conversation.js';
import type { ConversationId } from './identifiers.js';
import type { Message } from './message.js';

const TITLE_CHARACTERS = 80;

/** The start of what the person said first, as one line of at most 80 characters; empty when the person said nothing. */
export function conversationTitle(text: string): string {
  // What follows cannot be seen in the title, and the text may be megabytes.
  const line = text.slice(0, 2_000).replace(/\s+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= TITLE_CHARACTERS ? line : `${characters.slice(0, TITLE_CHARACTERS - 1).join('')}…`;
}

/** The heading of a conversation after `messages` were added to what `before` describes; `undefined` while there is no message at all. */
export function extendHeading(
  id: ConversationId,
  before: ConversationHeading | undefined,
  messages: readonly Message[],
): ConversationHeading | undefined {
  const [first, last] = [messages[0], messages.at(-1)];
  if (first === undefined || last === undefined) return before;
  const said = messages.find((message) => message.role === 'user');
  return {
    id,
    title: before?.title || conversationTitle(said?.text ?? ''),
    started: before?.started ?? first.at,
    updated: last.at,
    messages: (before?.messages ?? 0) + messages.length,
  };
}

/** Orders headings: the conversation that was changed last comes first. */
export function compareHeadings(left: ConversationHeading, right: ConversationHeading): number {
  if (left.updated !== right.updated) return left.updated < right.updated ? 1 : -1;
  return left.id < right.id ? -1 : 1;
}
