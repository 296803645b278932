import type { FetchMessageObject, FetchQueryObject, ImapFlow } from 'imapflow';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { type Account, accountOf } from './account.js';
import { withImap } from './imap-connection.js';
import { inFolder } from './mail-folder.js';
import { type MessageReference, parseMessageId } from './message-reference.js';

/** A message of a folder that is open. */
export interface OpenMessage {
  readonly client: ImapFlow;
  readonly account: Account;
  readonly reference: MessageReference;
  readonly message: FetchMessageObject;
}

/**
 * Opens the folder of a message for reading, fetches what is asked for, and runs something with it.
 * @throws ToolFailure when the id is none, or names a message that is no longer there.
 */
export async function withMessage<T>(
  args: { readonly id: string; readonly account?: string },
  context: PluginContext,
  query: FetchQueryObject,
  use: (open: OpenMessage) => Promise<T>,
): Promise<T> {
  const reference = parseMessageId(args.id, args.account);
  const account = accountOf(reference.account, context);
  return withImap(account, context, (client) =>
    inFolder(client, reference.folder, 'read', async () => {
      checkValidity(client, reference);
      const message = await client.fetchOne(String(reference.uid), query, { uid: true });
      if (message === false) throw gone(reference);
      return use({ client, account, reference, message });
    }),
  );
}

/** Makes sure that the open folder still counts its messages as it did when an id was made. */
export function checkValidity(client: ImapFlow, { uidValidity, folder }: MessageReference): void {
  if (client.mailbox !== false && client.mailbox.uidValidity === uidValidity) return;
  throw new ToolFailure(`the server has numbered the folder ${folder} anew, so this id is no longer valid; search for the message again`);
}

/** What is said of a message that is not where its id says. */
export function gone({ folder }: MessageReference): ToolFailure {
  return new ToolFailure(`the message is no longer in ${folder}: it was moved or deleted; search for it again`);
}
