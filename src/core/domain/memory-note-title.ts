import type { NoteId } from './identifiers.js';

const MAX_TITLE = 120;

/** A note's title: its first Markdown heading outside code, or the file's name without `.md`; one line, at most 120 characters. */
export function noteTitle(id: NoteId, text: string): string {
  let fenced = false;
  for (const line of text.slice(0, 20_000).split('\n')) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? undefined : /^\s{0,3}#{1,6}[ \t]+(.*)$/.exec(line)?.[1];
    const title = heading === undefined ? '' : oneLine(heading.replace(/[ \t]+#+[ \t\r]*$/, ''), MAX_TITLE);
    if (title !== '') return title;
  }
  return oneLine((id.split('/').at(-1) ?? id).replace(/\.md$/, ''), MAX_TITLE);
}

/** A text on one line: white space and control characters folded to single spaces, cut at `limit` UTF-16 code units with an ellipsis. */
export function oneLine(text: string, limit: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (line.length <= limit) return line;
  return `${line
    .slice(0, limit - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
