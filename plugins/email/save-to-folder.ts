import type { PluginContext } from 'pyra/plugin';
import type { Account } from './account.js';
import { withImap } from './imap-connection.js';
import { specialFolder } from './mail-folder.js';
import { messageId } from './message-reference.js';

/** Where a message was saved; the id is absent when the server does not tell. */
export interface SavedMessage {
  readonly folder: string;
  readonly id?: string;
}

/**
 * Saves a message to the folder that has this use, whatever it is called; without one, a folder with the usual name is made.
 * @throws ToolFailure that says why it could not be saved.
 */
export function saveToSpecialFolder(
  account: Account,
  context: PluginContext,
  use: 'Sent' | 'Drafts',
  message: Buffer,
): Promise<SavedMessage> {
  return withImap(account, context, async (client) => {
    const folder = (await specialFolder(client, `\\${use}`)) ?? (await client.mailboxCreate(use)).path;
    const flags = use === 'Sent' ? ['\\Seen'] : ['\\Seen', '\\Draft'];
    const saved = await client.append(folder, message, flags);
    if (saved === false || saved.uid === undefined || saved.uidValidity === undefined) return { folder };
    return { folder, id: messageId({ account: account.name, folder, uidValidity: saved.uidValidity, uid: saved.uid }) };
  });
}
