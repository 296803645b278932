import type { Conversation, ConversationHeading } from '../core/domain/conversation.js';
import type { ConversationId } from '../core/domain/identifiers.js';
import type { Message } from '../core/domain/message.js';

/** Keeps conversations, append-only. */
export interface ConversationStore {
  /** The whole conversation; `undefined` when there is none. A torn last entry is recovered: everything before it is given. */
  load(id: ConversationId): Promise<Conversation | undefined>;
  /** Adds messages at the end, in order, all or none; on return they survive a power cut. Concurrent appends keep both. Makes the conversation when there is none. */
  append(id: ConversationId, messages: readonly Message[]): Promise<void>;
  /** All conversations, the one changed last first. */
  headings(): Promise<readonly ConversationHeading[]>;
  /** Removes a conversation; false when there was none. */
  delete(id: ConversationId): Promise<boolean>;
  /** Holds a conversation for one turn; throws `home/locked` (naming the other process) while another process holds it. The function that it gives lets go; idempotent. A dead holder's lease is taken over. */
  lease(id: ConversationId): Promise<() => Promise<void>>;
}
