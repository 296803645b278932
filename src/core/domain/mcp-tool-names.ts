import { isToolName } from './identifiers.js';
import type { McpServerName, McpTool } from './mcp-server.js';
import { visible } from './untrusted.js';

/** A tool and the second half of its name here. */
export interface MappedMcpTool {
  /** `^[a-z][a-z0-9_]*$`, and no other tool of the server has it. */
  readonly verb: string;
  readonly tool: McpTool;
}

/**
 * Gives each tool of a server its name here: `createIssue`, `create-issue` and `issues/create` become `create_issue` and `issues_create`.
 * Tools that would get the same name are all refused: which of them was meant could not be told. Sorted by name, whatever the order given.
 */
export function mapToolNames(
  server: McpServerName,
  tools: readonly McpTool[],
): { readonly mapped: readonly MappedMcpTool[]; readonly faults: readonly string[] } {
  const byVerb = new Map<string, McpTool[]>();
  const faults: string[] = [];
  for (const tool of tools) {
    const verb = toolVerb(tool.name);
    if (verb === undefined) faults.push(`${shown(tool)} is left out: its name has no letter to begin with`);
    else if (!isToolName(`${server}.${verb}`)) faults.push(`${shown(tool)} is left out: ${server}.${verb} is longer than 62 characters`);
    else byVerb.set(verb, [...(byVerb.get(verb) ?? []), tool]);
  }
  const mapped: MappedMcpTool[] = [];
  for (const [verb, same] of byVerb) {
    const [tool] = same;
    if (same.length === 1 && tool !== undefined) mapped.push({ verb, tool });
    else faults.push(`${same.map(shown).sort().join(' and ')} are left out: all of them would be ${server}.${verb}`);
  }
  return { mapped: mapped.sort((left, right) => (left.verb < right.verb ? -1 : 1)), faults: faults.sort() };
}

/** The verb for a tool's own name; `undefined` where nothing of it can begin one. */
export function toolVerb(name: string): string | undefined {
  const verb = name
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1_')
    .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1_')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[0-9_]+|_+$/g, '');
  return verb === '' ? undefined : verb;
}

function shown({ name }: McpTool): string {
  return `the tool ${JSON.stringify(visible(name).slice(0, 80))}`;
}
