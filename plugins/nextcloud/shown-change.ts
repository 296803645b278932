import { type FileEntry, shownSize } from './file-entry.js';
import type { FileServer } from './file-server.js';
import { readContent } from './text-content.js';

/** The most of a file that is compared line by line, in bytes. */
const COMPARED = 200_000;

/** What replacing a file changes: the lines with `-` before and `+` after, or in words when it is no text or too large. */
export async function shownChange(server: FileServer, before: FileEntry, after: string): Promise<string> {
  const part = await server.read(before.path, 0, COMPARED);
  const content = readContent(part.bytes, part.mediaType, part.more);
  const size = before.size === undefined ? '' : ` of ${shownSize(before.size)}`;
  if (content.kind === 'binary') return `${content.description}${size} is replaced whole by the new text`;
  if (part.more) return `a text${size}, too large to be compared here, is replaced whole by the new one`;
  return await changedLines(content.text, after);
}

/** The difference of two texts, as `diff -u` shows it; in words when there is none that shows, or when everything differs. */
export async function changedLines(before: string, after: string): Promise<string> {
  if (before === after) return 'nothing changes';
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, timeout: 1_000 });
  if (patch === undefined || patch.hunks.length === 0) return 'everything is replaced by the new text';
  return patch.hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines])
    .join('\n');
}
