/** The most characters in a row. */
const ROW = 76;

/** The words of a line in rows that are pleasant to read; a word that is longer than a row is not cut. */
export function proseRows(line: string): readonly string[] {
  const rows: string[] = [''];
  for (const word of line.split(' ')) {
    const row = rows.at(-1) ?? '';
    if (row !== '' && row.length + 1 + word.length > ROW) rows.push(word);
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
  }
  return rows;
}
