import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { accountOf } from './account.js';
import { withImap } from './imap-connection.js';
import { oneLine } from './one-line.js';

/** Lists the folders of an account, with what each holds and is for. */
export async function listFolders(args: { readonly account?: string }, context: PluginContext): Promise<ToolAnswer> {
  const account = accountOf(args.account, context);
  const listed = await withImap(account, context, (client) => client.list({ statusQuery: { messages: true, unseen: true } }));
  const folders = listed
    .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
    .map(({ path, specialUse, status }) => ({
      path,
      messages: status?.messages ?? 0,
      unread: status?.unseen ?? 0,
      ...(specialUse === undefined || specialUse === '\\Inbox' ? {} : { use: specialUse.slice(1).toLowerCase() }),
    }));
  const lines = folders.map(
    ({ path, messages, unread, use }) =>
      `${oneLine(path, 1_000)}${use === undefined ? '' : ` [${use}]`}: ${messages} ${messages === 1 ? 'message' : 'messages'}, ${unread} unread`,
  );
  return {
    text: [`${folders.length} ${folders.length === 1 ? 'folder' : 'folders'} of ${account.address}:`, ...lines].join('\n'),
    data: { account: account.name, folders },
  };
}
