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
  for (const grapheme of graphemes(line)) {
    const columns = stringWidth(grapheme);
    if (used + columns > width && row.length > 0) {
      const space = row.lastIndexOf(' ');
      const rest = space >= row.length / 2 ? row.splice(space + 1) : [];
      rows.push(row.join(''));
      row = rest;
      used = stringWidth(rest.join(''));
    }
    row.push(grapheme);
    used += columns;
  }
  rows.push(row.join(''));
  return rows;
}
