import type { ConversationHeading } from '../../core/domain/conversation.js';
import { PyraError } from '../../core/domain/errors.js';
import type { ConversationStore } from '../../ports/conversation-store.js';

/** The one conversation whose id starts with `prefix`; a whole id goes before longer ones. Throws `not-found`, or `usage` for several. */
export async function findConversation(store: ConversationStore, prefix: string): Promise<ConversationHeading> {
  const headings = await store.headings();
  const wanted = prefix.toLowerCase();
  const exact = headings.find(({ id }) => id === wanted);
  if (exact !== undefined) return exact;
  const found = wanted === '' ? [] : headings.filter(({ id }) => id.startsWith(wanted));
  const [first, second] = found;
  if (first === undefined) {
    throw new PyraError('not-found', 'there is no conversation with this id', { hint: 'pyra session list shows all of them' });
  }
  if (second !== undefined) {
    const some = found.slice(0, 5).map(({ id }) => id);
    throw new PyraError('usage', `${found.length} conversations start with these characters`, {
      hint: `write more of the id: ${some.join(', ')}${found.length > some.length ? ' …' : ''}`,
    });
  }
  return first;
}
