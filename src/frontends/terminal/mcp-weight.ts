import type { InspectedMcpTool, McpInspection } from '../../core/domain/mcp-inspection.js';
import { mcpSchemaStructure } from '../../core/domain/mcp-schema-structure.js';
import { mcpToolProse } from '../../core/domain/mcp-tool-prose.js';
import { estimateTokens } from '../../core/domain/token-budget.js';

/** So much is usual for a server with some tens of tools. */
const WORTH_SAYING = 8_000;

/** How much of every prompt the tools of a server take, where that is worth saying; lists of values in a schema take room that no description shows. */
export function weightWords({ tools }: Pick<McpInspection, 'tools'>): string | undefined {
  const tokens = tools.reduce((sum, tool) => sum + tokensOf(tool), 0);
  if (tokens < WORTH_SAYING) return undefined;
  const [largest] = [...tools].sort((left, right) => tokensOf(right) - tokensOf(left));
  const most = largest === undefined || tools.length === 1 ? '' : `, the most of it ${largest.verb} with ${rounded(tokensOf(largest))}`;
  return `its tools take about ${rounded(tokens)} tokens of every prompt${most}`;
}

function tokensOf({ verb, tool }: InspectedMcpTool): number {
  const structure = mcpSchemaStructure(tool.parameters);
  return estimateTokens(mcpToolProse({ verb, tool })) + ('schema' in structure ? estimateTokens(JSON.stringify(structure.schema)) : 0);
}

function rounded(tokens: number): string {
  return (tokens < 1_000 ? tokens : Math.round(tokens / 1_000) * 1_000).toLocaleString('en');
}
