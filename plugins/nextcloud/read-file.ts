import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { withFiles } from './file-account.js';
import { shownSize } from './file-entry.js';
import { nameOf, parsePath, shownPath } from './remote-path.js';
import { readContent } from './text-content.js';

/** The most that one call reads, in bytes. */
export const READ_LIMIT = 200_000;

/** Reads the text of a file from a place on; of a file that is no text it says what it is. */
export function readFile(
  args: { readonly path: string; readonly offset?: number; readonly account?: string },
  context: PluginContext,
): Promise<ToolAnswer> {
  const path = parsePath(args.path);
  const offset = args.offset ?? 0;
  return withFiles(args.account, context, async ({ server, account }) => {
    const entry = await server.stat(path);
    if (entry === undefined)
      throw new ToolFailure(`there is no ${shownPath(path)} on ${server.name}; nextcloud.files lists what a folder holds`);
    if (entry.type === 'folder') throw new ToolFailure(`${shownPath(path)} is a folder; nextcloud.files lists what it holds`);
    const part = await server.read(path, offset, READ_LIMIT);
    const mediaType = part.mediaType ?? entry.mediaType;
    const etag = part.etag ?? entry.etag;
    const content = readContent(part.bytes, mediaType, part.more, offset === 0);
    const size = entry.size ?? (part.more ? undefined : offset + part.bytes.length);
    const facts = [
      ...(size === undefined ? [] : [shownSize(size)]),
      ...(entry.modified === undefined ? [] : [`changed ${entry.modified}`]),
      ...(etag === undefined ? [] : [`etag ${etag}`]),
    ];
    const data = {
      account,
      path,
      ...(size === undefined ? {} : { size }),
      ...(etag === undefined ? {} : { etag }),
      ...(mediaType === undefined ? {} : { mediaType }),
    };
    const source = `${server.name}${path}`;
    const head = `${shownPath(path)} (${facts.join(', ')})`;
    if (content.kind === 'binary') {
      const first = part.bytes
        .subarray(0, 16)
        .toString('hex')
        .replace(/..(?!$)/g, '$& ');
      const type = mediaType === undefined ? '' : `, media type ${shownPath(mediaType)}`;
      return {
        text: `${head}\n${shownPath(nameOf(path))} is ${content.description}${type}, not text; it begins with ${first}`,
        data: { ...data, binary: true },
        source,
      };
    }
    const next = part.more ? offset + content.used : undefined;
    const rest = next === undefined ? '' : `\n\n[the file goes on: read it with offset ${next}]`;
    const charset = content.charset === 'utf-8' ? '' : `, in ${content.charset}`;
    return {
      text: `${head}${charset}\n\n${content.text}${rest}`,
      data: { ...data, charset: content.charset, content: content.text, ...(next === undefined ? {} : { next }) },
      source,
    };
  });
}
