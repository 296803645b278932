import type { PromptMessage } from './model.js';

const BYTES_PER_TOKEN = 3.5;
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_IMAGE = 1_100;

/** The number of bytes that a text takes in UTF-8, counted without making them. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && index + 1 < text.length) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

/** About how many tokens a text takes: UTF-8 bytes / 3.5, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Bytes(text) / BYTES_PER_TOKEN);
}

/** About how many tokens one message of a prompt takes, its calls and images with it. */
export function estimateMessageTokens(message: PromptMessage): number {
  let tokens = TOKENS_PER_MESSAGE + estimateTokens(message.text);
  if (message.role === 'user') tokens += TOKENS_PER_IMAGE * (message.images?.length ?? 0);
  if (message.role === 'assistant') {
    for (const call of message.calls) tokens += TOKENS_PER_MESSAGE + estimateTokens(call.tool + JSON.stringify(call.args));
  }
  return tokens;
}

/**
 * A factor that brings estimates to what the provider counted: reported / estimated, kept between ½ and 3 so that one odd
 * report cannot spoil the budget.
 */
export function correctionFactor(estimated: number, reported: number): number {
  if (estimated <= 0 || reported <= 0) return 1;
  return Math.min(3, Math.max(0.5, reported / estimated));
}

/** A sequence of messages as the budget sees it: read from the end, and no further than needed. */
export interface Sequence {
  readonly length: number;
  /** The estimate of one message, in tokens. */
  tokens(index: number): number;
  /** Whether a message of the person starts here, so that a cut before it splits no call from its result. */
  startsExchange(index: number): boolean;
}

/**
 * The index of the first message to keep so that the newest ones fit into `budget` tokens. It cuts only where an exchange starts and
 * always keeps the last exchange, whatever its size.
 */
export function firstWithinBudget(sequence: Sequence, budget: number): number {
  let first = 0;
  let used = 0;
  let lastExchangeKept = false;
  for (let index = sequence.length - 1; index >= 0; index -= 1) {
    used += sequence.tokens(index);
    if (used > budget && lastExchangeKept) return first;
    if (sequence.startsExchange(index)) {
      first = index;
      lastExchangeKept = true;
    }
  }
  return 0;
}

/**
 * Shortens the oldest tool results of a prompt until it fits into `budget` tokens, for a last exchange that is too large by itself.
 * The newest result is never touched.
 */
export function shortenResults(
  messages: readonly PromptMessage[],
  budget: number,
  stub: (message: PromptMessage) => string,
): readonly PromptMessage[] {
  let used = messages.reduce((total, message) => total + estimateMessageTokens(message), 0);
  const newest = messages.findLastIndex((message) => message.role === 'tool');
  return messages.map((message, index) => {
    if (used <= budget || message.role !== 'tool' || index === newest) return message;
    const shorter = { ...message, text: stub(message) };
    const saved = estimateMessageTokens(message) - estimateMessageTokens(shorter);
    if (saved <= 0) return message;
    used -= saved;
    return shorter;
  });
}
