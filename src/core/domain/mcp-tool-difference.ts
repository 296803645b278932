import { oneLine } from './call-summary.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { lineDifference } from './line-difference.js';
import type { McpTool } from './mcp-server.js';

const MAX_LINES = 60;
const MAX_CHARACTERS = 300;

/** What differs between a tool as the person saw it and as its server describes it now: lines that begin with `- ` for old and `+ ` for new. Nothing in them hides. */
export function mcpToolDifference(before: McpTool, after: McpTool): readonly string[] {
  const lines = [
    ...textDifference('name', before.name, after.name),
    ...textDifference('title', before.title ?? '', after.title ?? ''),
    ...textDifference('description', before.description, after.description),
    ...hintDifference(before, after),
    ...schemaDifference(before.parameters, after.parameters),
  ].map((line) => (line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS - 1).toWellFormed()}…`));
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), `and ${lines.length - MAX_LINES + 1} more lines that differ`];
}

function textDifference(what: string, before: string, after: string): readonly string[] {
  if (before === after) return [];
  return [`${what}:`, ...lineDifference(before, after).map(({ sign, line }) => `${sign} ${oneLine(line)}`)];
}

function hintDifference({ hints: before }: McpTool, { hints: after }: McpTool): readonly string[] {
  return (['readOnly', 'destructive', 'idempotent', 'openWorld'] as const).flatMap((hint) => {
    if (before[hint] === after[hint]) return [];
    return [`hint ${hint}: ${before[hint] ?? 'nothing said'} → ${after[hint] ?? 'nothing said'}`];
  });
}

/** By path; members that are new or gone whole are one line. */
function schemaDifference(before: JsonValue, after: JsonValue, place = 'schema'): readonly string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) return changed(place, before, after);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const at = `${place}.${oneLine(name)}`;
    const [was, is] = [own(before, name), own(after, name)];
    if (was === undefined || is === undefined) return changed(at, was, is);
    return schemaDifference(was, is, at);
  });
}

function changed(place: string, before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  return [
    ...(before === undefined ? [] : [`- ${place}: ${oneLine(canonicalJson(before))}`]),
    ...(after === undefined ? [] : [`+ ${place}: ${oneLine(canonicalJson(after))}`]),
  ];
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
