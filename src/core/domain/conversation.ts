import type { ConversationId, Instant } from './identifiers.js';
import type { Message } from './message.js';

/** A stored conversation: messages in order, every call followed by exactly one result. */
export interface Conversation {
  readonly id: ConversationId;
  readonly messages: readonly Message[];
}

/** What a list of conversations shows of one. */
export interface ConversationHeading {
  readonly id: ConversationId;
  /** The start of the person's first message, one line, at most 80 characters. */
  readonly title: string;
  readonly started: Instant;
  readonly updated: Instant;
  /** How many messages are stored. */
  readonly messages: number;
}
