import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { withFiles } from './file-account.js';
import { entryData, type FileEntry, shownEntry } from './file-entry.js';
import { walkFiles } from './file-tree.js';
import { nameOf, parsePath, shownPath } from './remote-path.js';

const LIMITS = { folders: 400, entries: 50_000, time: 45_000 };

/** Finds files and folders by their name, below a folder. */
export function searchFiles(
  args: { readonly query: string; readonly path?: string; readonly limit?: number; readonly account?: string },
  context: PluginContext,
): Promise<ToolAnswer> {
  const start = parsePath(args.path ?? '/');
  const matches = nameMatcher(args.query);
  const limit = args.limit ?? 50;
  return withFiles(args.account, context, async ({ server, account }) => {
    const found: FileEntry[] = [];
    const visit = (entry: FileEntry) => {
      if (matches(nameOf(entry.path))) found.push(entry);
      return found.length <= limit;
    };
    const walk = await walkFiles(server, start, LIMITS, visit, context.progress);
    const shown = found.slice(0, limit);
    const where = `in ${walk.seen} entries below ${shownPath(start)} on ${server.name}`;
    const lines = [
      shown.length === 0 ? `nothing of that name ${where}` : `${shown.length} found ${where}:`,
      ...shown.map((entry) => shownEntry(entry, entry.path)),
      ...(walk.ended === undefined ? [] : [`(not everything was looked at: ${walk.ended}; a narrower path or query finds the rest)`]),
    ];
    return {
      text: lines.join('\n'),
      data: { account, path: start, complete: walk.ended === undefined, entries: shown.map(entryData) },
      source: `${server.name}${start}`,
    };
  });
}

/**
 * Whether a name is meant by a query: it holds it, whatever the case and however accents are composed; with `*` or `?` the whole name has to fit.
 * @throws ToolFailure for an empty query.
 */
export function nameMatcher(query: string): (name: string) => boolean {
  const wanted = folded(query.trim());
  if (wanted === '') throw new ToolFailure('the query is empty');
  if (!/[*?]/.test(wanted)) return (name) => folded(name).includes(wanted);
  return (name) => fits(folded(name), wanted);
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Compares with `*` and `?`, in time that grows with the product of both lengths and no faster. */
function fits(name: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let after = 0;
  while (at < name.length) {
    const wanted = pattern[place];
    if (wanted === '*') {
      star = place;
      after = at;
      place += 1;
    } else if (wanted === '?' || wanted === name[at]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      after += 1;
      at = after;
      place = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[place] === '*') place += 1;
  return place === pattern.length;
}
