import Table from 'cli-table3';
import { marked, type Tokens } from 'marked';
import stringWidth from 'string-width';
import { type InlineLooks, tokenPieces } from './inline-text.js';

/** More than this is shown as it was written. */
const MAX_TABLE = 50_000;

/** A Markdown table drawn with lines within `columns`; `undefined` when the text is no table. */
export function tableText(markdown: string, columns: number, looks: InlineLooks): string | undefined {
  if (markdown.length > MAX_TABLE) return undefined;
  const token = marked.lexer(markdown)[0];
  if (token?.type !== 'table') return undefined;
  const { header, rows, align } = token as Tokens.Table;
  const bold = (text: string): string => looks.paint.bold(text);
  const head = header.map((cell) => bold(cellText(cell, looks)));
  const body = rows.map((row) => row.map((cell) => cellText(cell, looks)));
  const table = new Table({
    head,
    colAligns: align.map((side) => side ?? 'left'),
    ...widths([head, ...body], columns),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...body);
  return `${table.toString()}\n`;
}

function cellText(cell: Tokens.TableCell, looks: InlineLooks): string {
  return tokenPieces(cell.tokens, looks)
    .map((piece) => ('break' in piece ? ' ' : (piece.style ?? ((text: string): string => text))(piece.text)))
    .join('');
}

/** Column widths only where the table would not fit: wide columns give first. */
function widths(rows: readonly (readonly string[])[], columns: number): { colWidths: number[] } | Record<never, never> {
  const natural = (rows[0] ?? []).map((_, column) => Math.max(1, ...rows.map((row) => stringWidth(row[column] ?? ''))) + 2);
  const room = Math.max(natural.length * 5, columns - natural.length - 1);
  const total = (all: readonly number[]): number => all.reduce((sum, width) => sum + width, 0);
  if (total(natural) <= room) return {};
  let limit = Math.max(...natural);
  while (limit > 5 && total(natural.map((width) => Math.min(width, limit))) > room) limit -= 1;
  return { colWidths: natural.map((width) => Math.min(width, limit)) };
}
