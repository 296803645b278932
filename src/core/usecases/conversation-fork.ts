import type { ConversationStore } from '../../ports/conversation-store.js';
import type { System } from '../../ports/system.js';
import type { ConversationId } from '../domain/identifiers.js';
import type { Message, SummaryMessage } from '../domain/message.js';
import { taintSources } from '../domain/untrusted.js';

/** The id of a new conversation: twelve random letters and digits, so that the first few of them are enough to name it. */
export function newConversationId(system: System): ConversationId {
  return system.id().toLowerCase().slice(0, 12) as ConversationId;
}

/**
 * Starts a new conversation with the first `count` messages of another one, which stays as it is. What the other one has read from outside is
 * not forgotten: where the kept messages do not show it, a note that carries the taint is added. Gives the new conversation's id.
 */
export async function forkConversation(
  ports: { readonly conversations: ConversationStore; readonly system: System },
  messages: readonly Message[],
  count: number = messages.length,
): Promise<ConversationId> {
  const { conversations, system } = ports;
  const id = newConversationId(system);
  const kept = messages.slice(0, count);
  const lost = taintSources(messages).length > 0 && taintSources(kept).length === 0;
  const all = lost ? [...kept, taintNote(kept, system)] : kept;
  if (all.length > 0) await conversations.append(id, all);
  return id;
}

/** Where the last exchange begins: the index of the last message of the person; 0 when there is none. */
export function lastExchange(messages: readonly Message[]): number {
  return Math.max(
    0,
    messages.findLastIndex((message) => message.role === 'user'),
  );
}

/** A summary that replaces the last one by itself, tainted. */
function taintNote(kept: readonly Message[], system: System): SummaryMessage {
  const last = kept.findLast((message) => message.role === 'summary');
  const note = 'An exchange in which text from outside was read has been taken back by the person.';
  return {
    role: 'summary',
    text: last === undefined ? note : `${last.text}\n\n${note}`,
    covers: last?.covers ?? 0,
    tainted: true,
    boundary: system.id(),
    at: system.now(),
  };
}
