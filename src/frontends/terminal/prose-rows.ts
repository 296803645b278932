import { hardWrap } from '../../adapters/support/terminal/hard-wrap.js';

/** The most columns in a row. */
const ROW = 76;

/**
 * The words of a line in rows that are pleasant to read, with one space between them; what is longer than a row is cut. Foreign text can so
 * not push its words to where a row of ours would begin.
 */
export function proseRows(line: string): readonly string[] {
  return hardWrap(line.replace(/[\s\u2800]+/gu, ' ').trim(), ROW).map((row) => row.trimEnd());
}
