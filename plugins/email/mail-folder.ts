import type { ImapFlow, ListResponse } from 'imapflow';
import { ToolFailure } from 'pyra/plugin';

/** What a folder can be for (RFC 6154). */
export type SpecialUse = '\\Archive' | '\\Drafts' | '\\Sent' | '\\Trash' | '\\Junk' | '\\All';

/** The folders that can hold messages. */
export async function selectableFolders(client: ImapFlow): Promise<readonly ListResponse[]> {
  const folders = await client.list();
  return folders.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'));
}

/**
 * Opens a folder, for reading alone where nothing is to be changed, runs something, and lets go of it. The name may be written in another case,
 * or be the last part of a path, or what the folder is for.
 * @throws ToolFailure that names the nearest folders when there is none of that name.
 */
export async function inFolder<T>(
  client: ImapFlow,
  name: string,
  access: 'read' | 'change',
  use: (path: string) => Promise<T>,
): Promise<T> {
  const lock = await openFolder(client, name, access === 'read').catch(async (thrown: unknown) => {
    if (!isMissing(thrown)) throw thrown;
    return openFolder(client, await resolveFolder(client, name), access === 'read');
  });
  try {
    return await use(lock.path);
  } finally {
    lock.release();
  }
}

/** The path of the folder that is meant by a name; see {@link inFolder}. */
export async function resolveFolder(client: ImapFlow, name: string): Promise<string> {
  const folders = await selectableFolders(client);
  const wanted = name.trim().toLowerCase();
  const matches = [
    folders.filter(({ path }) => path === name),
    folders.filter(({ path }) => path.toLowerCase() === wanted),
    folders.filter(({ specialUse }) => specialUse?.slice(1).toLowerCase() === wanted),
    folders.filter((folder) => folder.name.toLowerCase() === wanted),
  ].find((found) => found.length === 1);
  const match = matches?.[0]?.path;
  if (match !== undefined) return match;
  const nearest = folders
    .map(({ path, name: last }) => ({
      path,
      likeness: Math.max(likeness(path.toLowerCase(), wanted), likeness(last.toLowerCase(), wanted)),
    }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, 5);
  throw new ToolFailure(`there is no folder ${JSON.stringify(name)}; the nearest are: ${nearest.map(({ path }) => path).join(', ')}`);
}

/** The path of the folder that is for something, or `undefined`. */
export async function specialFolder(client: ImapFlow, use: SpecialUse): Promise<string | undefined> {
  const folders = await selectableFolders(client);
  return folders.find(({ specialUse }) => specialUse === use)?.path;
}

// A name with the end of a line in it is none, and must not come near the protocol.
async function openFolder(client: ImapFlow, path: string, readOnly: boolean): Promise<{ readonly path: string; release(): void }> {
  if (/\p{Cc}/u.test(path)) throw new ToolFailure('the name of a folder holds no control characters');
  return client.getMailboxLock(path, { readOnly });
}

function isMissing(thrown: unknown): boolean {
  const { mailboxMissing, serverResponseCode } = thrown as { readonly mailboxMissing?: boolean; readonly serverResponseCode?: string };
  return mailboxMissing === true || serverResponseCode === 'NONEXISTENT';
}

/** How alike two names are, from 0 to 1, by how many letters have to be changed. */
function likeness(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [down, letter] of [...one].entries()) {
    const next = [down + 1];
    for (let at = 1; at <= other.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (other[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return 1 - (row.at(-1) ?? 0) / Math.max(one.length, other.length, 1);
}
