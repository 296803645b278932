import { isJsonObject } from '../../core/domain/json.js';
import type { InspectedMcpTool } from '../../core/domain/mcp-inspection.js';
import type { McpServer } from '../../core/domain/mcp-server.js';
import { proseRows } from './prose-rows.js';

/** The most tools of one kind in the example. */
const SHOWN = 3;

/** What holds of tools that are new, and how to say what they can do; nothing where there are none. */
export function classifyingWords({ name }: McpServer, tools: readonly InspectedMcpTool[]): readonly string[] {
  if (tools.length === 0) return [];
  const reading = tools.filter(({ tool }) => tool.hints.readOnly === true).slice(0, SHOWN);
  const other = tools.find(({ tool }) => tool.hints.readOnly !== true);
  const example = [...reading.map(({ verb }) => `${verb}=read`), ...(other === undefined ? [] : [`${other.verb}=${likelyEffect(other)}`])];
  return [
    ...proseRows(
      'What a server says of its tools is its own word. Each of them counts as destructive and asks you every time, until you say what it can do, such as:',
    ),
    `  pyra mcp set ${name} ${example.join(' ')}`,
    `pyra mcp list ${name} shows them again`,
  ];
}

/** An example only: what its server says of it, where that can be said of it. */
function likelyEffect({ tool: { hints, parameters } }: InspectedMcpTool): 'egress' | 'write' {
  const { properties } = parameters;
  return hints.openWorld === true && isJsonObject(properties) && Object.keys(properties).length > 0 ? 'egress' : 'write';
}
