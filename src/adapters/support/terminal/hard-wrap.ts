import stringWidth from 'string-width';
import { graphemes } from './graphemes.js';

/** Cuts a text into rows of at most `width` columns: at line breaks and wherever a row is full, losing nothing. Tabs become two spaces. */
export function hardWrap(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (const line of text.replaceAll('\t', '  ').split('\n')) {
    if (/^[ -~]*$/.test(line)) {
      for (let at = 0; at === 0 || at < line.length; at += width) rows.push(line.slice(at, at + width));
      continue;
    }
    let row = '';
    let used = 0;
    for (const grapheme of graphemes(line)) {
      const columns = stringWidth(grapheme);
      if (used + columns > width && used > 0) {
        rows.push(row);
        row = '';
        used = 0;
      }
      row += grapheme;
      used += columns;
    }
    rows.push(row);
  }
  return rows;
}
