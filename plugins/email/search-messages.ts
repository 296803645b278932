import type { ImapFlow } from 'imapflow';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type Account, accountOf } from './account.js';
import { withImap } from './imap-connection.js';
import { inFolder, selectableFolders } from './mail-folder.js';
import { fetchSummaries, type MessageSummary, sourceOf, summaryLine } from './message-summary.js';
import { type SearchFilters, searchCriteria } from './search-criteria.js';
import { zoneOf } from './shown-date.js';

/** The arguments of `email.search`. */
export interface SearchArguments extends SearchFilters {
  readonly folder?: string;
  readonly limit?: number;
  readonly page?: number;
  readonly account?: string;
}

/** What a search found: how many there are, and those of the page that was asked for, newest first. */
export interface SearchResult {
  readonly total: number;
  readonly messages: readonly MessageSummary[];
}

/** The name that stands for every folder but trash and junk. */
export const EVERYWHERE = '*';

const MOST = 50;
const MOST_EVERYWHERE = 1000;
const USUAL = 20;

/** Searches on the server and shows one page of what it found, newest first. */
export async function searchMessages(args: SearchArguments, context: PluginContext): Promise<ToolAnswer> {
  const account = accountOf(args.account, context);
  const folder = args.folder ?? 'INBOX';
  const page = args.page ?? 1;
  const limit = Math.min(args.limit ?? USUAL, MOST);
  const { total, messages } = await withImap(account, context, (client) => findMessages(client, account, args, context));
  const zone = zoneOf(account);
  const first = (page - 1) * limit + 1;
  const where = folder === EVERYWHERE ? 'all folders' : folder;
  const head =
    messages.length === 0
      ? nothing(total, where, folder)
      : `${total} found in ${where}, newest first; ${first} to ${first + messages.length - 1} (times in ${zone}):`;
  const more = first - 1 + messages.length < total ? [`(more: page ${page + 1})`] : [];
  return {
    text: [head, ...messages.map((message) => summaryLine(message, zone, folder === EVERYWHERE)), ...more].join('\n'),
    data: { account: account.name, folder, total, page, messages: messages.map(({ sender: _, ...message }) => message) },
    ...(messages.length === 0 ? {} : { source: sourceOf(messages) }),
  };
}

/** Searches with an open connection. */
export async function findMessages(
  client: ImapFlow,
  account: Account,
  args: SearchArguments,
  context: PluginContext,
): Promise<SearchResult> {
  const limit = Math.min(args.limit ?? USUAL, MOST);
  const skip = ((args.page ?? 1) - 1) * limit;
  if (args.folder !== EVERYWHERE) {
    return inFolder(client, args.folder ?? 'INBOX', 'read', async () => {
      const uids = await matching(client, args, account);
      const shown = uids.slice(Math.max(uids.length - skip - limit, 0), Math.max(uids.length - skip, 0));
      return { total: uids.length, messages: (await fetchSummaries(client, account.name, shown)).toReversed() };
    });
  }
  if (skip + limit > MOST_EVERYWHERE)
    throw new ToolFailure('a search in every folder shows the newest 1000 only; narrow it, or name a folder');
  let total = 0;
  const found: MessageSummary[] = [];
  for (const path of await everywhere(client)) {
    context.progress(`searching ${path}`);
    context.signal.throwIfAborted();
    await inFolder(client, path, 'read', async () => {
      const uids = await matching(client, args, account);
      total += uids.length;
      found.push(...(await fetchSummaries(client, account.name, uids.slice(-(skip + limit)))));
    });
  }
  const newest = found.toSorted((a, b) => b.date.localeCompare(a.date));
  return { total, messages: newest.slice(skip, skip + limit) };
}

/** The UIDs in the open folder that match, ascending: the newest come last. */
async function matching(client: ImapFlow, filters: SearchFilters, account: Account): Promise<readonly number[]> {
  const criteria = searchCriteria(filters, {
    gmail: client.capabilities.has('X-GM-EXT-1'),
    ...(client.capabilities.has('WITHIN') ? { zone: zoneOf(account) } : {}),
  });
  const found = await client.search(criteria ?? { all: true }, { uid: true });
  if (!Array.isArray(found)) throw new ToolFailure('the server refused the search; try it with other words, or with fewer filters');
  return found.toSorted((a, b) => a - b);
}

/** Every folder but trash and junk; where the server has one that holds all messages, only that. */
async function everywhere(client: ImapFlow): Promise<readonly string[]> {
  const folders = await selectableFolders(client);
  const all = folders.find(({ specialUse }) => specialUse === '\\All');
  if (all !== undefined) return [all.path];
  return folders.filter(({ specialUse }) => specialUse !== '\\Trash' && specialUse !== '\\Junk').map(({ path }) => path);
}

function nothing(total: number, where: string, folder: string): string {
  if (total > 0) return `${total} found in ${where}, but the page is behind the last one`;
  return folder === EVERYWHERE ? 'nothing found in any folder' : `nothing found in ${where}; the folder * searches everywhere`;
}
