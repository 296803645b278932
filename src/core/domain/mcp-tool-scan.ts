import { oneLine } from './call-summary.js';
import type { Finding } from './finding.js';
import { scanInbound } from './injection-scan.js';
import type { JsonValue } from './json.js';
import type { McpTool } from './mcp-server.js';
import { toolVerb } from './mcp-tool-names.js';
import { mcpToolProse } from './mcp-tool-prose.js';

const MAX_PLACE = 100;

/**
 * Looks for injected instructions in all that a server says of a tool: its name, title and description, and every text and name in its
 * schema, each by itself, and what the model reads of them together. Each label is reported once, where it first stands; the message says where.
 */
export function scanMcpTool(tool: McpTool): readonly Finding[] {
  const { name, title, description, parameters } = tool;
  const found = new Map<string, Finding>();
  const look = (text: string, place: string): void => {
    for (const finding of scanInbound(text)) keep(found, finding, place);
  };
  look(name, 'its name');
  if (title !== undefined) look(title, 'its title');
  look(description, 'its description');
  for (const { text, place } of textsIn(parameters)) look(text, `its schema at ${place}`);
  // Words may be spread over several places, which the model reads one after the other.
  look(mcpToolProse({ verb: toolVerb(name) ?? '', tool }), 'several places together');
  return [...found.values()];
}

function keep(found: Map<string, Finding>, { offset: _offset, ...finding }: Finding, place: string): void {
  if (!found.has(finding.label)) found.set(finding.label, { ...finding, message: `${finding.message} (in ${place})` });
}

/** Every text and every name in a value, in order, with its place. */
function textsIn(root: JsonValue): readonly { readonly text: string; readonly place: string }[] {
  const found: { text: string; place: string }[] = [];
  const left: { readonly value: JsonValue; readonly place: string }[] = [{ value: root, place: '#' }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, place } = next;
    if (typeof value === 'string') found.push({ text: value, place });
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    const entries = Object.entries(value);
    if (!isList) for (const [key] of entries) found.push({ text: key, place: `a name below ${place}` });
    for (const [key, member] of entries.reverse()) left.push({ value: member as JsonValue, place: placed(`${place}/${key}`) });
  }
  return found;
}

function placed(place: string): string {
  const line = oneLine(place);
  return line.length <= MAX_PLACE ? line : `${line.slice(0, MAX_PLACE - 1).toWellFormed()}…`;
}
