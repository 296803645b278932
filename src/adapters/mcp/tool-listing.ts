import { isJsonObject, type JsonObject } from '../../core/domain/json.js';
import type { McpTool } from '../../core/domain/mcp-server.js';
import { readMcpTool } from '../../core/domain/mcp-tool-reader.js';
import { StepBudget } from '../../core/domain/step-budget.js';
import { ServerGone } from './server-gone.js';
import type { ToolListing } from './server-session.js';

const MAX_PAGES = 20;
const MAX_TOOLS = 256;
const MAX_FAULTS = 100;
/** With those that cannot be used. */
const MAX_LOOKED_AT = 1_000;
const LONGEST_CURSOR = 10_000;
/** For looking whether the patterns in all schemas are harmless. */
const MAX_PATTERN_STEPS = 1_000_000;

/**
 * Reads the tools of a server page by page (`tools/list` of the protocol), at most 20 pages and 256 tools; a cursor that comes back ends it.
 * `ask` sends one request. Throws a ServerGone for an answer that is no list.
 */
export async function toolListing(ask: (params: JsonObject) => Promise<JsonObject>): Promise<ToolListing> {
  const tools = new Map<string, McpTool>();
  const patterns = new StepBudget(MAX_PATTERN_STEPS);
  const faults: string[] = [];
  const fault = (sentence: string): void => {
    if (faults.length < MAX_FAULTS) faults.push(sentence);
  };
  const cursors = new Set<string>();
  let params: JsonObject = {};
  let looked = 0;
  for (let page = 1; ; page += 1) {
    const { tools: given, nextCursor } = await ask(params);
    if (!Array.isArray(given)) throw new ServerGone('answered what is no list of tools');
    for (const one of given as readonly unknown[]) {
      looked += 1;
      const tool = readMcpTool(one, patterns);
      if (typeof tool === 'string') fault(tool);
      else if (tools.has(tool.name)) fault(`the tool ${tool.name} is there twice: the second is left out`);
      else if (tools.size < MAX_TOOLS) tools.set(tool.name, tool);
      if (looked > MAX_LOOKED_AT || (typeof tool !== 'string' && !tools.has(tool.name)))
        return { tools: [...tools.values()], faults: [...faults, `it has more than ${MAX_TOOLS} tools: the rest is left out`] };
    }
    if (typeof nextCursor !== 'string') break;
    if (cursors.has(nextCursor) || nextCursor.length > LONGEST_CURSOR) {
      fault('its list of tools does not end: what comes back again is left out');
      break;
    }
    if (page === MAX_PAGES) {
      fault(`its list of tools has more than ${MAX_PAGES} pages: the rest is left out`);
      break;
    }
    cursors.add(nextCursor);
    params = { cursor: nextCursor };
  }
  return { tools: [...tools.values()], faults };
}

/** What a server calls itself in its answer to `initialize`. */
export function serverTitle(given: unknown): string {
  const { title, name, version } = isJsonObject(given) ? given : {};
  return [title ?? name, version].filter((part) => typeof part === 'string' && part !== '').join(' ');
}
