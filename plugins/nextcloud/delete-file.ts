import { createHash } from 'node:crypto';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { isWeak } from './etag.js';
import { type Files, withFiles } from './file-account.js';
import { counted, type FileEntry, shownEntry, shownSize } from './file-entry.js';
import { walkFiles } from './file-tree.js';
import { parsePath, type RemotePath, ROOT, shownPath } from './remote-path.js';
import { ShownVersions } from './shown-versions.js';

/** The arguments of `file_delete`. */
export interface DeleteArguments {
  readonly path: string;
  readonly account?: string;
}

const LIMITS = { folders: 100, entries: 2_000, time: 12_000 };
const LISTED = 200;

/** What a preview showed of a file, or of a folder with all that is in it. */
const shown = new ShownVersions<string>();

/** Deletes a file, or a folder with all that is in it; nothing that has changed since the person saw it. */
export function deleteFile(args: DeleteArguments, context: PluginContext): Promise<ToolAnswer> {
  const path = parseDeleted(args.path);
  return withFiles(args.account, context, async (files) => {
    const { server, root, account } = files;
    const entry = await server.stat(path);
    if (entry === undefined) throw new ToolFailure(`there is no ${shownPath(path)} on ${server.name}`);
    const seen = shown.take(keyOf(files, path));
    if (seen !== undefined && seen.version !== (await lookInto(files, entry, context)).version) {
      throw new ToolFailure(`${shownPath(path)} is not as it was when the person was asked, so nothing was deleted; ask again`);
    }
    const guard = entry.type === 'file' && entry.etag !== undefined && !isWeak(entry.etag) ? entry.etag : undefined;
    const outcome = await server.remove(entry, guard);
    if (outcome === 'changed') throw new ToolFailure(`${shownPath(path)} has been changed meanwhile, so nothing was deleted`);
    if (outcome !== 'removed') {
      throw new ToolFailure(
        `not all of ${shownPath(path)} could be deleted; what remains: ${outcome.kept.slice(0, 20).map(shownPath).join(', ')}`,
      );
    }
    const where = root.nextcloud ? '; Nextcloud keeps it in its deleted files unless that is switched off' : '';
    return { text: `deleted ${shownPath(path)} on ${server.name}${where}`, data: { account, path } };
  });
}

/** Lists what a deletion takes along. */
export function previewDelete(args: DeleteArguments, context: PluginContext): Promise<string> {
  const path = parseDeleted(args.path);
  return withFiles(args.account, context, async (files) => {
    const { server, root } = files;
    const entry = await server.stat(path);
    if (entry === undefined) return `will be refused: there is no ${shownPath(path)} on ${server.name}`;
    const inside = await lookInto(files, entry, context);
    shown.note(keyOf(files, path), inside.version);
    const bin = root.nextcloud
      ? 'Nextcloud moves it to its deleted files, unless the server has them switched off.'
      : 'There is no trash bin: it is gone for good.';
    const where = `On ${server.name}. ${bin}`;
    const lines =
      entry.type === 'file'
        ? [`deletes the file ${shownEntry(entry, path)}`, where]
        : [
            `deletes the folder ${shownPath(path)} with ${inside.ended === undefined ? '' : 'at least '}${shownCounts(inside.entries)}`,
            where,
            ...inside.entries.slice(0, LISTED).map((below) => `  ${shownEntry(below, below.path.slice(path.length + 1))}`),
            ...(inside.entries.length > LISTED ? [`  … and ${inside.entries.length - LISTED} more`] : []),
            ...(inside.ended === undefined ? [] : [`  (not everything is counted: ${inside.ended})`]),
          ];
    return lines.join('\n');
  });
}

/** What a deletion takes along, and a fingerprint of it. */
interface Inside {
  readonly entries: readonly FileEntry[];
  readonly ended?: string;
  readonly version: string;
}

async function lookInto({ server }: Files, entry: FileEntry, context: PluginContext): Promise<Inside> {
  const entries: FileEntry[] = [];
  const visit = (below: FileEntry) => entries.push(below) > 0;
  const walk = entry.type === 'file' ? undefined : await walkFiles(server, entry.path, LIMITS, visit, context.progress);
  const hash = createHash('sha256');
  // Where a walk gives up may depend on how fast the server was: what it saw by then is no fingerprint.
  for (const { path, type, size, etag, modified } of walk?.ended === undefined ? [entry, ...entries] : [entry]) {
    // The ETag and the date of a folder change with what is in it, or by themselves.
    const version = type === 'folder' ? [] : [size, etag?.replace(/^W\//, '') ?? modified];
    hash.update(JSON.stringify([path, type, ...version]));
  }
  return { entries, version: hash.digest('hex'), ...(walk?.ended === undefined ? {} : { ended: walk.ended }) };
}

function shownCounts(entries: readonly FileEntry[]): string {
  const files = entries.filter(({ type }) => type === 'file');
  const folders = entries.length - files.length;
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  return `${counted(files.length, 'file')} (${shownSize(bytes)}) and ${counted(folders, 'folder')}`;
}

function keyOf({ account }: Files, path: RemotePath): string {
  return `${account}\n${path}`;
}

function parseDeleted(text: string): RemotePath {
  const path = parsePath(text);
  if (path === ROOT) throw new ToolFailure('the root of the files cannot be deleted');
  return path;
}
