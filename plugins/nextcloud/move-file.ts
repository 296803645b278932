import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { withFiles } from './file-account.js';
import { shownEntry } from './file-entry.js';
import type { FileServer } from './file-server.js';
import { isWithin, parentOf, parseNewPath, parsePath, type RemotePath, ROOT, shownPath } from './remote-path.js';

/** The arguments of `file_move`. */
export interface MoveArguments {
  readonly from: string;
  readonly to: string;
  readonly account?: string;
}

/** Moves or renames a file or a folder; never over something that is there. */
export function moveFile(args: MoveArguments, context: PluginContext): Promise<ToolAnswer> {
  const { from, to } = pathsOf(args);
  return withFiles(args.account, context, async ({ server, account }) => {
    const entry = await server.stat(from);
    if (entry === undefined) throw new ToolFailure(`there is no ${shownPath(from)} on ${server.name}`);
    // What servers answer to a move that cannot be differs, up to 500.
    const refusal = await refusalOf(server, to);
    if (refusal !== undefined) throw new ToolFailure(refusal);
    const outcome = await server.move(entry, to);
    if (outcome === 'taken') throw new ToolFailure(takenWords(to));
    if (outcome === 'no-folder') throw new ToolFailure(noFolderWords(to));
    return { text: `moved ${shownPath(from)} to ${shownPath(to)} on ${server.name}`, data: { account, from, to } };
  });
}

/** Says what a move would do. */
export function previewMove(args: MoveArguments, context: PluginContext): Promise<string> {
  const { from, to } = pathsOf(args);
  return withFiles(args.account, context, async ({ server }) => {
    const entry = await server.stat(from);
    if (entry === undefined) return `will be refused: there is no ${shownPath(from)} on ${server.name}`;
    const refusal = await refusalOf(server, to);
    if (refusal !== undefined) return `will be refused: ${refusal}`;
    const kind = entry.type === 'folder' ? 'the folder with all that is in it' : 'the file';
    return `on ${server.name}, ${kind}\n  ${shownEntry(entry, from)}\nbecomes\n  ${shownPath(to)}`;
  });
}

async function refusalOf(server: FileServer, to: RemotePath): Promise<string | undefined> {
  if ((await server.stat(to)) !== undefined) return takenWords(to);
  const parent = await server.stat(parentOf(to));
  return parent?.type === 'folder' ? undefined : noFolderWords(to);
}

function pathsOf(args: MoveArguments): { readonly from: RemotePath; readonly to: RemotePath } {
  const from = parsePath(args.from);
  const to = parseNewPath(args.to);
  if (from === ROOT) throw new ToolFailure('the root of the files cannot be moved');
  if (from === to) throw new ToolFailure('both paths are the same');
  if (isWithin(to, from)) throw new ToolFailure('a folder cannot be moved into itself');
  return { from, to };
}

function takenWords(to: RemotePath): string {
  return `${shownPath(to)} exists already, and a move never overwrites; choose another name`;
}

function noFolderWords(to: RemotePath): string {
  return `there is no folder ${shownPath(parentOf(to))}, so nothing is moved`;
}
