import type { ConversationStore } from '../../ports/conversation-store.js';
import type { ConversationHeading } from '../domain/conversation.js';
import { isPyraError } from '../domain/errors.js';
import type { Message } from '../domain/message.js';
import { excerptOf, type SearchTerm, searchForm, searchTerms, wordsOf } from '../domain/search-text.js';

/** A conversation in which every term of a query occurs. */
export interface ConversationHit {
  readonly heading: ConversationHeading;
  /** The first passage with a term, one line; empty when only the title has it. */
  readonly excerpt: string;
}

/**
 * The conversations in whose title and messages every term of a query occurs, the one changed last first; case- and accent-insensitive.
 * A word of it may be the start of one. An empty query finds nothing; a damaged conversation is left out.
 */
export async function searchConversations(store: ConversationStore, query: string, limit: number): Promise<readonly ConversationHit[]> {
  const terms = searchTerms(query);
  const hits: ConversationHit[] = [];
  if (terms.length === 0) return hits;
  for (const heading of await store.headings()) {
    if (hits.length >= limit) break;
    const texts = await textsOf(store, heading);
    const all = [heading.title, ...texts].map((text) => ` ${wordsOf(searchForm(text)).join(' ')}`);
    if (!terms.every((term) => all.some((text) => holds(text, term)))) continue;
    const first = texts.find((_, index) => terms.some((term) => holds(all[index + 1] ?? '', term)));
    hits.push({ heading, excerpt: first === undefined ? '' : excerptOf(first, terms) });
  }
  return hits;
}

function holds(folded: string, term: SearchTerm): boolean {
  return folded.includes(` ${term.join(' ')}`);
}

async function textsOf(store: ConversationStore, heading: ConversationHeading): Promise<readonly string[]> {
  try {
    return ((await store.load(heading.id))?.messages ?? []).flatMap(textOf);
  } catch (error) {
    if (isPyraError(error)) return [];
    throw error;
  }
}

function textOf(message: Message): readonly string[] {
  if (message.role === 'tool') return [message.result.text];
  if (message.role === 'user') {
    return [message.text, ...(message.attachments ?? []).flatMap((attachment) => (attachment.kind === 'text' ? [attachment.text] : []))];
  }
  return [message.text];
}
