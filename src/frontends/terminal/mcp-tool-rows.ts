import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { Finding } from '../../core/domain/finding.js';
import type { InspectedMcpTool, McpInspection } from '../../core/domain/mcp-inspection.js';
import type { McpTool } from '../../core/domain/mcp-server.js';
import { mcpToolDifference } from '../../core/domain/mcp-tool-difference.js';
import { toolVerb } from '../../core/domain/mcp-tool-names.js';
import { mcpToolProse } from '../../core/domain/mcp-tool-prose.js';
import { weightWords } from './mcp-weight.js';
import { hintWords } from './mcp-words.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** A description of more lines than this is shown as running text. */
const ROWS = 60;

/** The tools that a look found, each with what its server says of it and what the scan found. */
export function inspectedText(seen: McpInspection, tools: readonly InspectedMcpTool[], paint: Paint): string {
  const { server, title, faults } = seen;
  const weight = weightWords(seen);
  const own = title === '' ? '' : `, which calls itself "${firstLine(title, 60)}"`;
  return [
    `${paint.bold(`the tools of ${server.name}`)}${own}`,
    ...tools.flatMap((tool) => inspectedRows(server.name, tool, paint)),
    ...(tools.length === 0 ? ['  none'] : []),
    ...(weight === undefined ? [] : proseRows(weight).map((row) => `  ${paint.yellow(row)}`)),
    ...faults.flatMap((fault) => proseRows(`left out: ${visibleLine(fault)}`).map((row) => `  ${paint.yellow(row)}`)),
  ].join('\n');
}

function inspectedRows(server: string, { verb, tool, findings, state, before }: InspectedMcpTool, paint: Paint): readonly string[] {
  const head = `  ${paint.bold(`${server}.${verb}`)}  ${paint.dim(hintWords(tool.hints))}`;
  if (state === 'changed' && before !== undefined) {
    return [`${head}  ${paint.yellow('changed')}`, ...differenceRows(before, tool, findings, paint), ...findingRows(findings, paint)];
  }
  // Whole, since the person is taken to have seen whatever the model is given.
  return [head, ...wholeRows(mcpToolProse({ verb, tool }), paint), ...findingRows(findings, paint)];
}

/** All that is said of a tool; no row of it can begin like one of ours, and none is so far down that it would be missed. */
export function wholeRows(description: string, paint: Paint): readonly string[] {
  const lines = description.split(/\n(?:\s*\n)*/).flatMap((line) => proseRows(visibleLine(line)));
  const rows = lines.length <= ROWS ? lines : proseRows(visibleLine(description));
  return rows.map((row) => `    ${paint.dim(`│ ${row}`)}`);
}

/** What the scan found in a description, one row for each. */
export function findingRows(findings: readonly Finding[], paint: Paint): readonly string[] {
  return findings.flatMap(({ message, label }) =>
    proseRows(`finding: ${visibleLine(message)} (${visibleLine(label)})`).map((row) => `    ${paint.yellow(row)}`),
  );
}

/** What is no longer as the person saw it; where that is too much for a list, the tool's text as it is now besides. */
export function differenceRows(before: McpTool, after: McpTool, findings: readonly Finding[], paint: Paint): readonly string[] {
  const lines = mcpToolDifference(before, after);
  const rows = lines.flatMap((line) => {
    const colour = line.startsWith('+') ? paint.green : line.startsWith('-') ? paint.red : paint.dim;
    return proseRows(visibleLine(line)).map((row, index) => colour(`    │ ${index === 0 ? '' : '  '}${row}`));
  });
  const isCut = lines.some((line) => line.endsWith('…'));
  if (!isCut && findings.length === 0) return rows;
  return [...rows, '    what it says now, whole:', ...wholeRows(mcpToolProse({ verb: toolVerb(after.name) ?? '', tool: after }), paint)];
}

/** The first line of a foreign text that says something, visible and cut. */
export function firstLine(text: string, most: number): string {
  const line = visibleLine(text.split('\n').find((one) => one.trim() !== '') ?? '').trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
