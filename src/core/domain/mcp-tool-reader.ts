import { bounded, cleanOutput } from './clean-output.js';
import { frozenCopy } from './frozen-json.js';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.js';
import { mcpSchemaStructure } from './mcp-schema-structure.js';
import type { McpHints, McpTool } from './mcp-server.js';
import type { StepBudget } from './step-budget.js';
import { visible } from './untrusted.js';

const NAME = /^[A-Za-z0-9_./-]{1,128}$/;
const MAX_DESCRIPTION = 2_000;
const MAX_TITLE = 200;
/** The longest text that is looked at at all. */
const MAX_LOOKED_AT = 1_000_000;

/**
 * A tool as its server listed it, within bounds: description and title cleaned and cut, everything else left out that is not used. A sentence
 * that names the tool when it cannot be used. `budget`: the steps that may be taken for the patterns of several tools together.
 */
export function readMcpTool(given: unknown, budget?: StepBudget): McpTool | string {
  let tool: JsonValue;
  try {
    tool = frozenCopy(usedMembers(given));
  } catch {
    return 'a tool is left out: what the server says of it is nested too deep or is no JSON';
  }
  if (!isJsonObject(tool)) return 'a tool is left out: what the server says of it is no object';
  const { name, description, inputSchema, annotations } = tool;
  if (typeof name !== 'string') return 'a tool is left out: it has no name';
  if (!NAME.test(name))
    return `the tool ${JSON.stringify(visible(name.slice(0, 80)))} is left out: a name has 1 to 128 letters, digits and _ - . /`;
  const structure = mcpSchemaStructure(inputSchema, budget);
  if ('fault' in structure) return `the tool ${name} is left out: ${structure.fault}`;
  const title = titleOf(tool.title) ?? (isJsonObject(annotations) ? titleOf(annotations.title) : undefined);
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description: typeof description === 'string' ? cut(description, MAX_DESCRIPTION) : '',
    parameters: inputSchema as JsonSchema,
    hints: isJsonObject(annotations) ? hintsOf(annotations) : {},
  };
}

/** What is looked at of a listed tool; icons, output schemas and the like are nobody's concern here. */
function usedMembers(given: unknown): unknown {
  if (!isJsonObject(given)) return given;
  const { name, title, description, inputSchema, annotations } = given;
  return { name, title, description, inputSchema, annotations: isJsonObject(annotations) ? annotations : undefined };
}

function titleOf(given: JsonValue | undefined): string | undefined {
  if (typeof given !== 'string') return undefined;
  const title = cleanOutput(given.slice(0, MAX_LOOKED_AT)).replace(/\s+/g, ' ').trim();
  if (title === '') return undefined;
  return title.length <= MAX_TITLE ? title : `${title.slice(0, MAX_TITLE - 1).toWellFormed()}…`;
}

function cut(given: string, most: number): string {
  const text = cleanOutput(given.slice(0, MAX_LOOKED_AT)).trim();
  return bounded(text, text.length, most);
}

function hintsOf({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }: JsonObject): McpHints {
  return {
    ...(typeof readOnlyHint === 'boolean' ? { readOnly: readOnlyHint } : {}),
    ...(typeof destructiveHint === 'boolean' ? { destructive: destructiveHint } : {}),
    ...(typeof idempotentHint === 'boolean' ? { idempotent: idempotentHint } : {}),
    ...(typeof openWorldHint === 'boolean' ? { openWorld: openWorldHint } : {}),
  };
}
