import type { ToolDefinition } from '../../core/domain/tool.js';
import { visibleLine } from './visible-line.js';

/** The most of a description that nobody here answers for. */
const MOST = 100;

/** What a tool does in one line: its first sentence, or the first line of a foreign description, visible and cut. */
export function toolLine({ description, describedBy }: Pick<ToolDefinition, 'description' | 'describedBy'>): string {
  if (describedBy === undefined) return visibleLine(/^.*?[.!?](?=\s|$)/s.exec(description)?.[0] ?? description);
  // The model is told the server's own name for a tool; what it does says more here.
  const lines = description.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('(the server calls it '));
  const line = [...visibleLine(lines[0] ?? '').trim()];
  return line.length <= MOST ? line.join('') : `${line.slice(0, MOST - 1).join('')}…`;
}
