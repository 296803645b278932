import stringWidth from 'string-width';
import { graphemes } from './graphemes.js';

/**
 * Cuts a text into rows of at most `width` columns, losing nothing: at line breaks, and where a row is full behind its last space (or anywhere,
 * where that is further back than half a row). Tabs become two spaces.
 */
export function hardWrap(text: string, width: number): readonly string[] {
  return text
    .replaceAll('\t', '  ')
    .split('\n')
    .flatMap((line) => (/^[ -~]*$/.test(line) ? wrapAscii(line, width) : wrapGraphemes(line, width)));
}

function wrapAscii(line: string, width: number): readonly string[] {
  const rows: string[] = [];
  let at = 0;
  while (line.length - at > width) {
    const space = line.slice(at, at + width).lastIndexOf(' ');
    const end = at + (space >= width / 2 ? space + 1 : width);
    rows.push(line.slice(at, end));
    at = end;
  }
  rows.push(line.slice(at));
  return rows;
}

function wrapGraphemes(line: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row: string[] = [];
  let used = 0;
  for (const grapheme of graphemes(line).flatMap((one) => (one.length > 1 && mostColumns(one) > width ? [...one] : [one]))) {
    const columns = mostColumns(grapheme);
    if (used + columns > width && row.length > 0) {
      const space = row.lastIndexOf(' ');
      const rest = space >= row.length / 2 ? row.splice(space + 1) : [];
      rows.push(row.join(''));
      row = rest;
      used = rest.reduce((sum, one) => sum + mostColumns(one), 0);
    }
    row.push(grapheme);
    used += columns;
  }
  rows.push(row.join(''));
  return rows;
}

/**
 * The most columns that a terminal may give a grapheme. Many draw each of its characters by itself, such as the letters of a Korean syllable,
 * and what they then break over to the next row could be made to look like a row of ours.
 */
function mostColumns(grapheme: string): number {
  if (grapheme.length === 1) return /^[ -~\u00a0-\u02ff]$/.test(grapheme) ? 1 : stringWidth(grapheme);
  return Math.max(
    stringWidth(grapheme),
    Array.from(grapheme).reduce((sum, character) => sum + stringWidth(character), 0),
  );
}
