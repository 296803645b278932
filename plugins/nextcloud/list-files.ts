import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { withFiles } from './file-account.js';
import { entryData, shownEntry } from './file-entry.js';
import { byName } from './file-tree.js';
import { parsePath, shownPath } from './remote-path.js';

const PAGE = 100;

/** Lists a folder: folders first, then files with size, date and ETag. */
export function listFiles(
  args: { readonly path?: string; readonly page?: number; readonly account?: string },
  context: PluginContext,
): Promise<ToolAnswer> {
  const folder = parsePath(args.path ?? '/');
  const page = args.page ?? 1;
  return withFiles(args.account, context, async ({ server, account }) => {
    const { entries, unreadable } = await server.list(folder);
    const pages = Math.max(1, Math.ceil(entries.length / PAGE));
    const shown = byName(entries).slice((page - 1) * PAGE, page * PAGE);
    const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
    const lines = [
      `${shownPath(folder)} on ${server.name}: ${entries.length === 0 ? 'empty' : count}${pages > 1 ? `, page ${page} of ${pages}` : ''}`,
      ...shown.map((entry) => `${shownEntry(entry)}${entry.type === 'file' && entry.etag !== undefined ? ` [etag ${entry.etag}]` : ''}`),
      ...(unreadable > 0 ? [`(${unreadable} more with a name that cannot be read)`] : []),
    ];
    return {
      text: lines.join('\n'),
      data: { account, path: folder, total: entries.length, page, pages, entries: shown.map(entryData) },
      source: `${server.name}${folder}`,
    };
  });
}
