import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { collectionsFor, type DavCollection } from './dav-collection.js';
import { davServer } from './dav-server.js';
import { withFiles } from './file-account.js';
import { ianaZone } from './time-zone.js';

/**
 * Signs in, and says in one line what there is: calendars, address books, files. One of them is enough.
 * @throws ToolFailure when there is nothing, the sign-in is refused, or the time zone is none.
 */
export async function checkAccount(account: string, context: PluginContext): Promise<string> {
  const { timezone } = context.accounts[account] ?? {};
  if (typeof timezone === 'string' && timezone !== '' && ianaZone(timezone) === undefined) {
    throw new ToolFailure(`${JSON.stringify(timezone)} is no time zone; one is written like Europe/Berlin`);
  }
  const [dav, files] = await Promise.allSettled([
    davServer(account, context),
    withFiles(account, context, async ({ root }) => root.nextcloud),
  ]);
  if (dav.status === 'rejected' && files.status === 'rejected') throw dav.reason;
  const found = dav.status === 'fulfilled' ? collectionWords(dav.value.collections) : [];
  // A calendar server answers WebDAV too, and keeps no files.
  const hasFiles = files.status === 'fulfilled' && (files.value || found.length === 0);
  const parts = [...found, ...(hasFiles ? ['files'] : [])];
  if (parts.length === 0) throw dav.status === 'rejected' ? dav.reason : new ToolFailure('there is nothing at that address');
  // A fault that is not just "there is none of that" has to be seen.
  const faults = [dav, files].flatMap((one) =>
    one.status === 'rejected' && one.reason instanceof Error && one.reason.name === 'ToolFailure' ? [one.reason.message] : [],
  );
  const url = String(context.accounts[account]?.url ?? '');
  const clear = url.startsWith('http:') ? '. The connection is not encrypted' : '';
  return `found ${parts.join(', ')}${faults.length === 0 ? '' : `; ${faults.join('; ')}`}${clear}`;
}

function collectionWords(collections: readonly DavCollection[]): readonly string[] {
  const words = (kind: Parameters<typeof collectionsFor>[0], one: string, many: string) => {
    const own = collectionsFor(kind, collections);
    const names = own.slice(0, 5).map(({ name }) => name);
    return own.length === 0
      ? []
      : [`${own.length} ${own.length === 1 ? one : many} (${names.join(', ')}${own.length > names.length ? ', …' : ''})`];
  };
  return [
    ...words('events', 'calendar', 'calendars'),
    ...words('tasks', 'task list', 'task lists'),
    ...words('contacts', 'address book', 'address books'),
  ];
}
