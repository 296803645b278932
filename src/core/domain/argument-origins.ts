import type { ArgumentOrigin } from './approval.js';
import { argumentLeaves, isDestination } from './argument-paths.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Message } from './message.js';

interface SeenText {
  readonly text: string;
  /** Absent for the person's own words. */
  readonly source?: string;
}

/** What somebody wrote about a tool, which every prompt holds. */
export interface DescribedText {
  readonly text: string;
  readonly source: string;
}

/**
 * Where each value of a call was seen: in the person's own words, else in external text that the conversation has read, else nowhere. A
 * label for the card, not a wall: case and white space do not count, and a value must stand there as whole words. `typed`: what the person
 * wrote into the arguments themselves. `described`: what others wrote about tools that are not theirs to call; only destinations are looked
 * for in it, since descriptions are full of ordinary words.
 */
export function argumentOrigins(
  args: JsonObject,
  destinations: readonly string[],
  messages: readonly Message[],
  typed: readonly string[] = [],
  described: readonly DescribedText[] = [],
): readonly ArgumentOrigin[] {
  const seen = [...messages.flatMap(textsOf), ...typed.map((text): SeenText => ({ text }))].map((one) => ({
    ...one,
    text: folded(one.text),
  }));
  const own = seen.filter((one) => one.source === undefined);
  const external = seen.filter((one) => one.source !== undefined);
  const descriptions = described.map(({ text, source }) => ({ source, text: folded(text) }));
  return argumentLeaves(args).map(({ path, value }) => {
    const origin = { path, value, destination: isDestination(path, destinations) };
    const words = wordsOf(value);
    if (words === '') return { ...origin, seenIn: 'model' };
    if (own.some(({ text }) => holdsWords(text, words))) return { ...origin, seenIn: 'own' };
    const foreign = origin.destination ? [...external, ...descriptions] : external;
    const source = foreign.find(({ text }) => holdsWords(text, words))?.source;
    return source === undefined ? { ...origin, seenIn: 'model' } : { ...origin, seenIn: 'external', source };
  });
}

function textsOf(message: Message): readonly SeenText[] {
  switch (message.role) {
    case 'user':
      return [
        { text: message.text, ...sourceOf(message.provenance) },
        ...(message.attachments ?? []).flatMap((one) => (one.kind === 'text' ? [{ text: one.text, source: one.source }] : [])),
      ];
    case 'tool':
      return message.provenance.kind === 'external' ? [{ text: message.result.text, source: message.provenance.source }] : [];
    case 'summary':
      return message.tainted ? [{ text: message.text, source: 'an earlier part of this conversation' }] : [];
    case 'assistant':
      return [];
  }
}

function sourceOf(provenance: { readonly kind: 'own' } | { readonly kind: 'external'; readonly source: string }): { source?: string } {
  return provenance.kind === 'external' ? { source: provenance.source } : {};
}

function wordsOf(value: JsonValue): string {
  return typeof value === 'string' ? folded(value) : typeof value === 'number' ? String(value) : '';
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

const WORD = /[\p{L}\p{N}]/u;

/** Whether the words stand in the text and are not the inside of longer words. */
function holdsWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + words.length);
    const cutsBefore = WORD.test(before) && WORD.test(words.charAt(0));
    const cutsAfter = WORD.test(after) && WORD.test(words.charAt(words.length - 1));
    if (!cutsBefore && !cutsAfter) return true;
  }
  return false;
}
