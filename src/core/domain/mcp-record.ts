import { frozenCopy } from './frozen-json.js';
import type { Instant } from './identifiers.js';
import { isJsonObject, type JsonValue } from './json.js';
import type { McpHints, McpRecord, McpTool, SeenMcpTool } from './mcp-server.js';

/** What a stored text says of a server, frozen at every level; `undefined` for one that is damaged, in whatever part. */
export function parseMcpRecord(text: string): McpRecord | undefined {
  try {
    const record = recordOf(JSON.parse(text) as JsonValue);
    return record === undefined ? undefined : (frozenCopy(record) as unknown as McpRecord);
  } catch {
    return undefined;
  }
}

function recordOf(value: JsonValue): McpRecord | undefined {
  if (!isJsonObject(value) || !Array.isArray(value.seen) || !Array.isArray(value.unseen)) return undefined;
  const { blocked } = value;
  const seen = (value.seen as readonly JsonValue[]).map(seenTool);
  const unseen = (value.unseen as readonly JsonValue[]).map(toolOf);
  if (!isWhole(seen) || !isWhole(unseen)) return undefined;
  if (blocked === undefined) return { seen, unseen };
  if (!isJsonObject(blocked) || typeof blocked.reason !== 'string' || typeof blocked.at !== 'string') return undefined;
  return { seen, unseen, blocked: { reason: blocked.reason, at: blocked.at as Instant } };
}

function isWhole<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return !list.includes(undefined);
}

function seenTool(value: JsonValue): SeenMcpTool | undefined {
  if (!isJsonObject(value)) return undefined;
  const { verb, digest, changed } = value;
  const tool = toolOf(value.tool);
  const now = changed === undefined || changed === 'gone' ? changed : toolOf(changed);
  if (tool === undefined || typeof verb !== 'string' || !/^[a-z][a-z0-9_]*$/.test(verb)) return undefined;
  if (typeof digest !== 'string' || digest === '' || (changed !== undefined && now === undefined)) return undefined;
  return { verb, tool, digest, ...(now === undefined ? {} : { changed: now }) };
}

function toolOf(value: JsonValue | undefined): McpTool | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, title, description, parameters, hints } = value;
  if (typeof name !== 'string' || typeof description !== 'string' || !isJsonObject(parameters) || !isJsonObject(hints)) return undefined;
  if (title !== undefined && typeof title !== 'string') return undefined;
  if (!Object.values(hints).every((hint) => typeof hint === 'boolean')) return undefined;
  return { name, ...(title === undefined ? {} : { title }), description, parameters, hints: hints as McpHints };
}
