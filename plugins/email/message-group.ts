import type { ImapFlow } from 'imapflow';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { type Account, accountOf } from './account.js';
import { withImap } from './imap-connection.js';
import { inFolder } from './mail-folder.js';
import { type MessageReference, parseMessageId } from './message-reference.js';
import { checkValidity } from './open-message.js';

/** The arguments of tools that do something to several messages. */
export interface MessagesArguments {
  readonly ids: readonly string[];
  readonly account?: string;
}

/** Messages of one folder, which is open. */
export interface MessageGroup {
  readonly client: ImapFlow;
  readonly account: Account;
  readonly folder: string;
  /** The UIDs of those that are there. */
  readonly uids: readonly number[];
  /** The ids of those that are not there any more. */
  readonly missing: readonly string[];
}

/**
 * Opens the folders that messages are in, one after the other, and runs something with each.
 * @throws ToolFailure for a wrong id before anything is opened, and when none of the messages is there any more.
 */
export async function eachGroup<T>(
  args: MessagesArguments,
  context: PluginContext,
  access: 'read' | 'change',
  use: (group: MessageGroup) => Promise<T>,
): Promise<readonly T[]> {
  const groups = grouped([...new Set(args.ids)].map((id) => [id, parseMessageId(id, args.account)] as const));
  const results: T[] = [];
  for (const group of groups) {
    const { account: name, folder } = group.reference;
    const account = accountOf(name, context);
    await withImap(account, context, (client) =>
      inFolder(client, folder, access, async () => {
        checkValidity(client, group.reference);
        const uids = [...group.uids.keys()];
        const found = await client.search({ uid: uids.join(',') }, { uid: true });
        const there = Array.isArray(found) ? found.filter((uid) => group.uids.has(uid)) : [];
        const missing = uids.filter((uid) => !there.includes(uid)).map((uid) => group.uids.get(uid) ?? '');
        results.push(await use({ client, account, folder, uids: there, missing }));
      }),
    );
  }
  return results;
}

/** Throws when nothing is left to do something to. */
export function refuseWhenAllMissing(groups: readonly { readonly uids: readonly number[] }[]): void {
  if (groups.every(({ uids }) => uids.length === 0)) {
    throw new ToolFailure('none of the messages is there any more: they were moved or deleted; search for them again');
  }
}

interface Group {
  readonly reference: MessageReference;
  /** The id of each UID. */
  readonly uids: Map<number, string>;
}

function grouped(ids: readonly (readonly [id: string, reference: MessageReference])[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [id, reference] of ids) {
    const key = `${reference.account}~${reference.uidValidity}~${reference.folder}`;
    const group = groups.get(key) ?? { reference, uids: new Map<number, string>() };
    group.uids.set(reference.uid, id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
