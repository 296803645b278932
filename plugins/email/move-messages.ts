import type { ImapFlow } from 'imapflow';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { accountOf } from './account.js';
import { refusal, withImap } from './imap-connection.js';
import { resolveFolder, specialFolder } from './mail-folder.js';
import { eachGroup, type MessageGroup, type MessagesArguments, refuseWhenAllMissing } from './message-group.js';
import { messageId, parseMessageId } from './message-reference.js';

/** Where messages go: to a folder that is named, to the archive, or to the trash. */
export type Destination = { readonly kind: 'folder'; readonly name: string } | { readonly kind: 'archive' } | { readonly kind: 'trash' };

interface Moved {
  readonly moved: readonly { readonly uid: number; readonly id: string | null }[];
  readonly folder: string;
  readonly uids: readonly number[];
  readonly missing: readonly string[];
  /** Whether the messages stay, marked as deleted, since the server cannot move. */
  readonly copied: boolean;
}

/** Moves messages. A message that is there already stays; nothing is ever removed for good. */
export async function moveMessages(args: MessagesArguments, destination: Destination, context: PluginContext): Promise<ToolAnswer> {
  const targets = await destinations(args, destination, context, true);
  const groups = await eachGroup(args, context, 'change', (group) => moveGroup(group, targets.get(group.account.name) ?? ''));
  refuseWhenAllMissing(groups);
  const moved = groups.flatMap((group) => group.moved);
  const missing = groups.flatMap((group) => group.missing);
  const ids = moved.flatMap(({ id }) => id ?? []);
  const lines = [
    `moved ${moved.length} to ${[...new Set(groups.map(({ folder }) => folder))].join(', ')}`,
    ...ids.map((id) => `new id: ${id}`),
    ...(groups.some(({ copied }) => copied) ? ['the server cannot move, so the originals stay where they were, marked as deleted'] : []),
    ...missing.map((id) => `no longer there: ${id}`),
  ];
  return { text: lines.join('\n'), data: { moved: moved.length, ids, missing } };
}

/**
 * Finds the folder that messages of each account would go to.
 * @param make whether a folder for the archive or the trash is made where there is none
 * @throws ToolFailure when there is no such folder, or a message is in the trash already and would have to be removed for good
 */
export async function destinations(
  args: MessagesArguments,
  destination: Destination,
  context: PluginContext,
  make: boolean,
): Promise<ReadonlyMap<string, string>> {
  const references = args.ids.map((id) => parseMessageId(id, args.account));
  const targets = new Map<string, string>();
  for (const name of new Set(references.map(({ account }) => account))) {
    const account = accountOf(name, context);
    const target = await withImap(account, context, (client) => targetOf(client, destination, make));
    const inTrash = ({ folder }: { readonly folder: string }): boolean => folder === target || /^[/.]/.test(folder.slice(target.length));
    const mine = references.filter((reference) => reference.account === name);
    if (destination.kind === 'trash' && mine.some((reference) => reference.folder.startsWith(target) && inTrash(reference))) {
      throw new ToolFailure(
        `a message that is in ${target} already is not deleted any further; the person empties the trash in a mail program`,
      );
    }
    targets.set(name, target);
  }
  return targets;
}

async function targetOf(client: ImapFlow, destination: Destination, make: boolean): Promise<string> {
  if (destination.kind === 'folder') return resolveFolder(client, destination.name);
  const [use, name] = destination.kind === 'trash' ? (['\\Trash', 'Trash'] as const) : (['\\Archive', 'Archive'] as const);
  const known = await specialFolder(client, use);
  if (known !== undefined) return known;
  // Gmail has no archive: what is in no other folder is still in the one that holds all messages.
  const all = destination.kind === 'archive' ? await specialFolder(client, '\\All') : undefined;
  if (all !== undefined) return all;
  return make ? (await client.mailboxCreate([name])).path : name;
}

async function moveGroup(group: MessageGroup, target: string): Promise<Moved> {
  const { client, account, folder, missing } = group;
  const uids = folder === target ? [] : group.uids;
  const result = { folder: target, uids: group.uids, missing, copied: false };
  if (uids.length === 0) return { ...result, moved: [] };
  const copied = !client.capabilities.has('MOVE');
  // Without MOVE the package would expunge, which can take other messages that are marked as deleted with it.
  const answer = copied
    ? await client.messageCopy([...uids], target, { uid: true })
    : await client.messageMove([...uids], target, { uid: true });
  if (answer === false) throw refusal(client, `to move the messages to ${target}`);
  if (copied) await client.messageFlagsAdd([...uids], ['\\Deleted'], { uid: true });
  const { uidMap, uidValidity } = answer;
  const moved = uids.map((uid) => {
    const now = uidMap?.get(uid);
    const known = now !== undefined && uidValidity !== undefined;
    return { uid, id: known ? messageId({ account: account.name, folder: target, uidValidity, uid: now }) : null };
  });
  return { ...result, moved, copied };
}
