import type { Conversation, ConversationHeading } from '../../core/domain/conversation.js';
import { compareHeadings, extendHeading } from '../../core/domain/conversation-heading.js';
import { PyraError } from '../../core/domain/errors.js';
import { type ConversationId, isConversationId } from '../../core/domain/identifiers.js';
import type { Message } from '../../core/domain/message.js';
import type { ConversationStore } from '../../ports/conversation-store.js';

/** Conversations that live as long as this object. */
export class InMemoryConversationStore implements ConversationStore {
  readonly #conversations = new Map<ConversationId, readonly Message[]>();
  readonly #leased = new Set<ConversationId>();

  async load(id: ConversationId): Promise<Conversation | undefined> {
    const messages = this.#conversations.get(checked(id));
    return messages === undefined ? undefined : { id, messages: structuredClone(messages) };
  }

  async append(id: ConversationId, messages: readonly Message[]): Promise<void> {
    if (checked(id) !== id || messages.length === 0) return;
    this.#conversations.set(id, [...(this.#conversations.get(id) ?? []), ...structuredClone(messages)]);
  }

  async headings(): Promise<readonly ConversationHeading[]> {
    const headings = [...this.#conversations].flatMap(([id, messages]) => extendHeading(id, undefined, messages) ?? []);
    return headings.sort(compareHeadings);
  }

  async delete(id: ConversationId): Promise<boolean> {
    return this.#conversations.delete(checked(id));
  }

  async lease(id: ConversationId): Promise<() => Promise<void>> {
    if (this.#leased.has(checked(id)))
      throw new PyraError('home/locked', `the conversation ${id} is in use by another turn of this process`);
    this.#leased.add(id);
    let held = true;
    return async () => {
      if (held) this.#leased.delete(id);
      held = false;
    };
  }
}

function checked(id: ConversationId): ConversationId {
  if (!isConversationId(id)) throw new PyraError('usage', 'a conversation is named by lower-case letters, digits and dashes, at most 64');
  return id;
}
