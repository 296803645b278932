import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow';
import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { accountOf } from './account.js';
import { messageIds } from './answered-message.js';
import { baseSubject } from './base-subject.js';
import { withImap } from './imap-connection.js';
import { inFolder, selectableFolders } from './mail-folder.js';
import { partsOf } from './message-parts.js';
import { parseMessageId } from './message-reference.js';
import { type MessageSummary, sourceOf, summaryLine, summaryOf } from './message-summary.js';
import { fetchText } from './message-text.js';
import { checkValidity, gone } from './open-message.js';
import { zoneOf } from './shown-date.js';

/** The arguments of `email.thread`. */
export interface ThreadArguments {
  readonly id: string;
  readonly account?: string;
}

interface ThreadMessage {
  readonly summary: MessageSummary;
  readonly uid: number;
  readonly folder: string;
  readonly messageId: string;
  /** The Message-IDs that it refers to. */
  readonly refers: readonly string[];
  readonly fetched: FetchMessageObject;
}

const HEADERS = {
  uid: true,
  envelope: true,
  flags: true,
  internalDate: true,
  bodyStructure: true,
  threadId: true,
  headers: ['references', 'in-reply-to'],
};
const MOST_MESSAGES = 50;
const MOST_TEXTS = 20;
const MOST_CHARACTERS = 3_000;
const MOST_IDS = 25;
const ROUNDS = 3;
/** How far apart messages of the same subject may be, in milliseconds. */
const NEAR_MS = 30 * 86_400_000;

/** Gives the conversation of a message, oldest first, from its folder, the inbox, the sent mail and the archive. */
export async function readThread(args: ThreadArguments, context: PluginContext): Promise<ToolAnswer> {
  const reference = parseMessageId(args.id, args.account);
  const account = accountOf(reference.account, context);
  return withImap(account, context, async (client) => {
    const first = await inFolder(client, reference.folder, 'read', async () => {
      checkValidity(client, reference);
      const message = await client.fetchOne(String(reference.uid), HEADERS, { uid: true });
      if (message === false) throw gone(reference);
      return threadMessage(client, account.name, message);
    });
    const messages = await conversation(client, account.name, first, context);
    const shown = messages.slice(-MOST_MESSAGES);
    const texts = await textsOf(client, shown.slice(-MOST_TEXTS));
    const zone = zoneOf(account);
    const blocks = shown.map((message) => {
      const text = texts.get(message);
      return `${summaryLine(message.summary, zone, true)}${text === undefined ? '' : `\n\n${text}`}`;
    });
    const left = messages.length - shown.length;
    return {
      text: [
        `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}, oldest first (times in ${zone})${left === 0 ? '' : `; the ${left} oldest are left out`}:`,
        ...blocks,
      ].join('\n\n---\n\n'),
      data: {
        account: account.name,
        messages: shown.map((message) => ({ ...withoutSender(message.summary), text: texts.get(message) ?? null })),
      },
      source: sourceOf(shown.map(({ summary }) => summary)),
    };
  });
}

async function conversation(
  client: ImapFlow,
  account: string,
  first: ThreadMessage,
  context: PluginContext,
): Promise<readonly ThreadMessage[]> {
  const found = new Map<string, ThreadMessage>([[keyOf(first), first]]);
  const thread = first.fetched.threadId;
  const gmail = thread !== undefined && client.capabilities.has('X-GM-EXT-1');
  const folders = await foldersOf(client, first.folder);
  for (let round = 0; round < (gmail ? 1 : ROUNDS); round += 1) {
    const before = found.size;
    const criteria = gmail ? { threadId: thread } : byReferences([...found.values()]);
    if (criteria === undefined) break;
    for (const folder of folders) {
      context.signal.throwIfAborted();
      await inFolder(client, folder, 'read', async () => {
        const uids = await client.search(criteria, { uid: true });
        if (!Array.isArray(uids) || uids.length === 0) return;
        for (const message of await client.fetchAll(uids.slice(-MOST_MESSAGES * 2), HEADERS, { uid: true })) {
          const member = threadMessage(client, account, message);
          if (!found.has(keyOf(member))) found.set(keyOf(member), member);
        }
      });
    }
    if (found.size === before) break;
  }
  if (found.size === 1 && !gmail && first.refers.length === 0) {
    for (const member of await bySubject(client, account, first, folders)) found.set(keyOf(member), member);
  }
  return [...found.values()].toSorted((a, b) => a.summary.date.localeCompare(b.summary.date));
}

/** What the messages of a conversation have in common: they are one of these, or refer to one. */
function byReferences(messages: readonly ThreadMessage[]): SearchObject | undefined {
  const ids = [...new Set(messages.flatMap(({ messageId, refers }) => [...refers, messageId]))].filter((id) => id !== '');
  const wanted = ids.length <= MOST_IDS ? ids : [...ids.slice(0, 1), ...ids.slice(1 - MOST_IDS)];
  const criteria: SearchObject[] = wanted.flatMap((id) => [
    { header: { 'message-id': id } },
    { header: { references: id } },
    { header: { 'in-reply-to': id } },
  ]);
  return criteria.length === 0 ? undefined : { or: criteria };
}

/** Some programs write no references: messages of the same subject, near in time, of which one is marked as an answer, belong together too. */
async function bySubject(
  client: ImapFlow,
  account: string,
  first: ThreadMessage,
  folders: readonly string[],
): Promise<readonly ThreadMessage[]> {
  const { base } = baseSubject(first.summary.subject);
  if (base.length < 4) return [];
  const at = Date.parse(first.summary.date);
  const members: ThreadMessage[] = [];
  for (const folder of folders) {
    await inFolder(client, folder, 'read', async () => {
      const near = { since: new Date(at - NEAR_MS), before: new Date(at + NEAR_MS) };
      const uids = await client.search({ subject: base, ...near }, { uid: true });
      if (!Array.isArray(uids) || uids.length === 0) return;
      const fetched = await client.fetchAll(uids.slice(-MOST_MESSAGES), HEADERS, { uid: true });
      members.push(...fetched.map((message) => threadMessage(client, account, message)));
    });
  }
  const same = members.filter(({ summary, refers }) => refers.length === 0 && baseSubject(summary.subject).base === base);
  return same.some(({ summary }) => baseSubject(summary.subject).marked) ? same : [];
}

async function foldersOf(client: ImapFlow, own: string): Promise<readonly string[]> {
  const folders = await selectableFolders(client);
  const all = folders.find(({ specialUse }) => specialUse === '\\All')?.path;
  if (all !== undefined) return [all];
  const others = folders.filter(({ specialUse }) => specialUse === '\\Inbox' || specialUse === '\\Sent' || specialUse === '\\Archive');
  return [...new Set([own, ...others.map(({ path }) => path)])];
}

async function textsOf(client: ImapFlow, messages: readonly ThreadMessage[]): Promise<ReadonlyMap<ThreadMessage, string>> {
  const texts = new Map<ThreadMessage, string>();
  for (const folder of new Set(messages.map((message) => message.folder))) {
    await inFolder(client, folder, 'read', async () => {
      for (const message of messages.filter((member) => member.folder === folder)) {
        const structure = message.fetched.bodyStructure;
        if (structure === undefined) continue;
        const { text, notes } = await fetchText(client, message.uid, partsOf(structure).texts, MOST_CHARACTERS);
        texts.set(message, [...notes.map((note) => `Note: ${note}`), text].join('\n'));
      }
    });
  }
  return texts;
}

function threadMessage(client: ImapFlow, account: string, fetched: FetchMessageObject): ThreadMessage {
  const { path, uidValidity } = client.mailbox === false ? { path: '', uidValidity: 0n } : client.mailbox;
  const headers = fetched.headers?.toString('latin1') ?? '';
  return {
    summary: summaryOf(fetched, account, path, uidValidity),
    uid: fetched.uid,
    folder: path,
    messageId: messageIds(fetched.envelope?.messageId ?? '')[0] ?? '',
    refers: messageIds(headers),
    fetched,
  };
}

/** The same message in two folders, such as one to oneself, is one. */
function keyOf({ messageId, folder, uid }: ThreadMessage): string {
  return messageId === '' ? `${folder}~${uid}` : messageId;
}

function withoutSender({ sender: _, ...summary }: MessageSummary): Omit<MessageSummary, 'sender'> {
  return summary;
}
