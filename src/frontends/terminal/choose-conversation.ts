import { PyraError } from '../../core/domain/errors.js';
import type { ConversationId } from '../../core/domain/identifiers.js';
import { forkConversation, newConversationId } from '../../core/usecases/conversation-fork.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import type { System } from '../../ports/system.js';
import type { ParsedArguments } from './command.js';
import { findConversation } from './find-conversation.js';

/**
 * The conversation that `--continue`, `--resume ID` or neither of them chooses: the last one, the one whose id starts with ID, a new one;
 * with `--fork` a copy of it.
 * @throws PyraError `not-found` when there is none, `usage` for flags that exclude each other, `home/locked` while another process holds it
 */
export async function chosenConversation(
  pyra: { readonly conversations: ConversationStore; readonly system: System },
  args: ParsedArguments,
): Promise<{ readonly id: ConversationId; readonly resumed: boolean }> {
  const named = args.value('resume');
  if (named !== undefined && args.has('continue')) throw new PyraError('usage', '-c and --resume exclude each other');
  if (named === undefined && !args.has('continue')) {
    if (args.has('fork')) throw new PyraError('usage', '--fork needs -c or --resume ID');
    return { id: newConversationId(pyra.system), resumed: false };
  }
  const last = named === undefined ? (await pyra.conversations.headings())[0]?.id : (await findConversation(pyra.conversations, named)).id;
  if (last === undefined)
    throw new PyraError('not-found', 'there is no conversation to go on with', { hint: 'leave --continue out to start one' });
  if (args.has('fork')) {
    const stored = await pyra.conversations.load(last);
    return { id: await forkConversation(pyra, stored?.messages ?? []), resumed: true };
  }
  // Another process in the middle of a turn is said now, not after the first message.
  await (await pyra.conversations.lease(last))();
  return { id: last, resumed: true };
}
