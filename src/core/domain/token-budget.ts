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

/** What fits: the newest messages within a budget, and how many older ones were left out. */
export interface Trimmed {
  readonly kept: readonly PromptMessage[];
  /** How many messages at the start were left out. */
  readonly dropped: number;
}

/**
 * Keeps the newest messages whose estimate fits into `budget` tokens. It cuts only where a message of the person starts, so that a call
 * is never split from its result, and always keeps the last exchange (the person's last message and everything after it), whatever its size.
 */
export function trimToBudget(messages: readonly PromptMessage[], budget: number): Trimmed {
  const sizes = messages.map(estimateMessageTokens);
  let start = lastUserIndex(messages);
  let used = sum(sizes, start, messages.length);
  for (let index = start - 1; index >= 0; index -= 1) {
    used += sizes[index] ?? 0;
    if (used > budget) break;
    if (messages[index]?.role === 'user') start = index;
  }
  return { kept: messages.slice(start), dropped: start };
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

function lastUserIndex(messages: readonly PromptMessage[]): number {
  return Math.max(
    0,
    messages.findLastIndex((message) => message.role === 'user'),
  );
}

function sum(sizes: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index += 1) total += sizes[index] ?? 0;
  return total;
}
