import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { isWeak, parseEtag, sameVersion } from './etag.js';
import { type Files, withFiles } from './file-account.js';
import { type FileEntry, shownEntry, shownSize } from './file-entry.js';
import type { FileServer, WriteGuard } from './file-server.js';
import { missingFolders } from './missing-folders.js';
import { parentOf, parseNewPath, type RemotePath, shownPath } from './remote-path.js';
import { settledEntry } from './settled-entry.js';
import { shownChange } from './shown-change.js';
import { ShownVersions } from './shown-versions.js';

/** The arguments of `file_write`. */
export interface WriteArguments {
  readonly path: string;
  readonly content: string;
  readonly etag?: string;
  readonly replace?: boolean;
  readonly parents?: boolean;
  readonly account?: string;
}

/** What the preview of a write saw: the ETag of the file, `absent`, or `unknown` where the server gives no ETag. */
const shown = new ShownVersions<string>();

/** Creates a file, or replaces one whose version is known or whose replacement the person has seen. */
export function writeFile(args: WriteArguments, context: PluginContext): Promise<ToolAnswer> {
  const path = parseNewPath(args.path);
  return withFiles(args.account, context, async (files) => {
    const { server } = files;
    const before = await server.stat(path);
    const seen = shown.take(keyOf(files, path, args));
    if (seen !== undefined && seen.version !== versionOf(before)) {
      throw new ToolFailure(`${shownPath(path)} is not as it was when the person was asked, so nothing was written; read it again`);
    }
    if (before === undefined) await prepareFolder(server, path, args);
    const guard = before === undefined ? absentGuard(path, args) : await versionGuard(server, before, args, context);
    const outcome = await server.write(path, Buffer.from(args.content, 'utf8'), guard);
    if (outcome === 'no-folder')
      throw new ToolFailure(`the folder ${shownPath(parentOf(path))} does not exist; with parents: true it is made`);
    if (outcome === 'changed') throw new ToolFailure(changedWords(path, guard));
    const after = await server.stat(path);
    const etag = after?.etag === undefined ? '' : ` [etag ${after.etag}]`;
    const size = shownSize(Buffer.byteLength(args.content));
    return {
      text: `${before === undefined ? 'created' : 'replaced'} ${shownPath(path)} on ${server.name}: ${size}${etag}`,
      data: { account: files.account, path, created: before === undefined, ...(after?.etag === undefined ? {} : { etag: after.etag }) },
    };
  });
}

/** Says what a write would do: that it creates the file, whose content is an argument, or which lines change. */
export function previewWrite(args: WriteArguments, context: PluginContext): Promise<string> {
  const path = parseNewPath(args.path);
  return withFiles(args.account, context, async (files) => {
    const { server } = files;
    const before = await server.stat(path);
    shown.note(keyOf(files, path, args), versionOf(before));
    if (before === undefined) {
      const missing = await missingFolders(server, path);
      const made = missing.length === 0 ? '' : `makes the folder${missing.length > 1 ? 's' : ''} ${missing.map(shownPath).join(', ')}\n`;
      const refused =
        missing.length > 0 && args.parents !== true ? `will be refused: there is no folder ${shownPath(parentOf(path))}\n` : made;
      const size = shownSize(Buffer.byteLength(args.content));
      return `${refused}creates ${shownPath(path)} on ${server.name} (${size}); nothing of that name is there`;
    }
    const refusal = refusalOf(before, args);
    if (refusal !== undefined) return `will be refused: ${refusal}`;
    return `replaces ${shownPath(path)} on ${server.name} (now ${shownEntry(before)}):\n\n${await shownChange(server, before, args.content)}`;
  });
}

function keyOf({ account }: Files, path: RemotePath, args: WriteArguments): string {
  return JSON.stringify([account, path, args.content, args.etag, args.replace, args.parents]);
}

/** What a preview and a call compare; a weak ETag becomes strong by itself. */
function versionOf(entry: FileEntry | undefined): string {
  return entry === undefined ? 'absent' : (entry.etag?.replace(/^W\//, '') ?? 'unknown');
}

async function prepareFolder(server: FileServer, path: RemotePath, args: WriteArguments): Promise<void> {
  const missing = await missingFolders(server, path);
  if (missing.length > 0 && args.parents !== true) {
    throw new ToolFailure(`the folder ${shownPath(parentOf(path))} does not exist; with parents: true it is made`);
  }
  for (const folder of missing) await server.makeFolder(folder);
}

function absentGuard(path: RemotePath, args: WriteArguments): WriteGuard {
  if (args.etag === undefined) return { kind: 'absent' };
  throw new ToolFailure(`${shownPath(path)} is no longer there (deleted or moved); without an etag it is created anew`);
}

async function versionGuard(server: FileServer, before: FileEntry, args: WriteArguments, context: PluginContext): Promise<WriteGuard> {
  const refusal = refusalOf(before, args);
  if (refusal !== undefined) throw new ToolFailure(refusal);
  const settled = await settledEntry(server, before, context.signal);
  const { etag } = settled ?? {};
  if (versionOf(settled) !== versionOf(before)) throw new ToolFailure(changedWords(before.path, { kind: 'any' }));
  if (etag !== undefined && !isWeak(etag)) return { kind: 'version', etag };
  if (args.replace === true) return { kind: 'any' };
  throw new ToolFailure(
    `${server.name} gives no strong ETag for ${shownPath(before.path)}, so the write cannot be guarded against changes by others; replace: true does it all the same`,
  );
}

/** Why a file that is there will not be written over; `undefined` when it may. */
function refusalOf(before: FileEntry, args: WriteArguments): string | undefined {
  const path = shownPath(before.path);
  if (before.type === 'folder') return `${path} is a folder`;
  if (args.etag === undefined) {
    if (args.replace === true) return undefined;
    return `${path} exists already (${shownEntry(before)}); read it and pass its etag, or pass replace: true if all of it is to be replaced`;
  }
  const given = parseEtag(args.etag);
  if (given === undefined) return 'the etag is none; pass it as nextcloud.file_read gives it';
  if (before.etag !== undefined && sameVersion(given, before.etag)) return undefined;
  return `${path} has changed since it was read (its etag is now ${before.etag ?? 'unknown'}); read it again and decide anew`;
}

function changedWords(path: RemotePath, guard: WriteGuard): string {
  if (guard.kind === 'absent')
    return `${shownPath(path)} has been created by someone else meanwhile, so nothing was written; read it first`;
  return `${shownPath(path)} has been changed by someone else meanwhile, so nothing was written; read it again and decide anew`;
}
