import type { Message } from './message.js';

/** Where a summary's foreign text came from: its parts are no longer told apart. */
const EARLIER = 'an earlier part of this conversation';

/**
 * Tokens with which chat templates mark roles. Sent as text they would let foreign words pass as the system's or the person's with some
 * models, so a zero-width joiner is not enough: their angle brackets are replaced by look-alikes.
 */
const TEMPLATE_TOKENS =
  /<\|?(?:im_start|im_end|im_sep|system|user|assistant|tool|begin_of_text|end_of_text|start_header_id|end_header_id|eot_id|eom_id|endoftext|fim_[a-z]+|channel|message|return|call|constrain|start|end)\|?>|<\|[^<>|\n]{1,40}\|>|<\/?(?:start|end)_of_turn>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<<\/?SYS>>|<\/?s>/gi;

/** Characters that change how text looks without being seen: controls, bidi, zero-width, tags, variation selectors (but the one of emoji), fillers. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of them is meant by itself
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ud800-\udfff](?![\udc00-\udfff])/gu;

/**
 * Foreign text as the model is given it: between marks that hold a random boundary, made after the text, so that the text cannot close
 * them; chat-template tokens and the marks' own name are neutralised.
 */
export function fence(text: string, source: string, boundary: string): string {
  const inner = neutralise(text.replaceAll(boundary, '[boundary]'));
  return `<external source="${attribute(source)}" boundary="${boundary}">\n${inner}\n</external boundary="${boundary}">`;
}

/** Replaces the brackets of chat-template tokens and of our own fence by look-alikes, so that they are read as text. */
export function neutralise(text: string): string {
  return text
    .replace(TEMPLATE_TOKENS, (token) => token.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('[', '⟦').replaceAll(']', '⟧'))
    .replace(/<(\/?)external\b/gi, '‹$1external');
}

/** All sources of external text that a conversation has read, in the order in which they came. */
export function taintSources(messages: readonly Message[]): readonly string[] {
  const sources = new Set<string>();
  for (const message of messages) {
    if (message.role === 'summary' && message.tainted) sources.add(EARLIER);
    if ((message.role === 'user' || message.role === 'tool') && message.provenance.kind === 'external')
      sources.add(message.provenance.source);
    if (message.role === 'user') for (const attachment of message.attachments ?? []) sources.add(attachment.source);
  }
  return [...sources];
}

/** A text with everything invisible shown as `\u{202e}`; line feeds and tabs stay. For cards, terminals and lists. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

function attribute(source: string): string {
  return visible(source)
    .replace(/["<>\n\t]/g, ' ')
    .slice(0, 200);
}
