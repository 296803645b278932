import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import type { DavCollection } from './dav-collection.js';
import { davServer } from './dav-server.js';

/** Lists the calendars, task lists and address books of an account. */
export async function listCalendars(args: { readonly account?: string }, context: PluginContext): Promise<ToolAnswer> {
  const server = await davServer(args.account, context);
  const { collections, account } = server;
  const lines = collections.map((one) => `${one.name} (id ${one.id}): ${kindsOf(one).join(' and ')}${one.writable ? '' : ', read-only'}`);
  const count = collections.length === 1 ? '1 collection' : `${collections.length} collections`;
  return {
    text: [`${count} of ${account.user} on ${account.url.host}:`, ...lines].join('\n'),
    data: {
      account: account.name,
      collections: collections.map(({ id, name, writable, kind, components, timezone }) => ({
        id,
        name,
        kind,
        components,
        writable,
        ...(timezone === undefined ? {} : { timezone }),
      })),
    },
    source: account.url.host,
  };
}

function kindsOf({ kind, components }: DavCollection): readonly string[] {
  if (kind === 'address-book') return ['contacts'];
  const names: Readonly<Record<string, string>> = { VEVENT: 'events', VTODO: 'tasks', VJOURNAL: 'notes' };
  return components.flatMap((component) => names[component] ?? []);
}
