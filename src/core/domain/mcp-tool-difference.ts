import { oneLine } from './call-summary.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { lineDifference } from './line-difference.js';
import type { McpTool } from './mcp-server.js';

/** For each part: many changes of one must not hide those of another. */
const MAX_LINES = 40;
const MAX_CHARACTERS = 300;
/** Longer texts are compared and shown in pieces, so that a change behind their beginning is seen. */
const MAX_PIECE = 240;

/**
 * What differs between a tool as the person saw it and as its server describes it now: lines that begin with `- ` for old and `+ ` for new.
 * Nothing in them hides. A line that was cut, or that says how many more there are, ends with `…`.
 */
export function mcpToolDifference(before: McpTool, after: McpTool): readonly string[] {
  return [
    ...textDifference('name', before.name, after.name),
    ...textDifference('title', before.title ?? '', after.title ?? ''),
    ...bounded(textDifference('description', before.description, after.description)),
    ...hintDifference(before, after),
    ...bounded(schemaDifference(before.parameters, after.parameters, 'schema')),
  ].map((line) => (line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS - 1).toWellFormed()}…`));
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), `and ${lines.length - MAX_LINES + 1} more lines that differ …`];
}

function textDifference(what: string, before: string, after: string): readonly string[] {
  if (before === after) return [];
  const lines = lineDifference(pieces(before), pieces(after)).filter(({ line }) => line !== '');
  return [`${what}:`, ...lines.map(({ sign, line }) => `${sign} ${oneLine(line)}`)];
}

/** A text with each sentence on a line of its own, and no line too long. */
function pieces(text: string): readonly string[] {
  return text
    .split(/\n|(?<=[.!?;]) /)
    .flatMap((line) => (line === '' ? [''] : (line.match(new RegExp(`.{1,${MAX_PIECE}}`, 'gsu')) as readonly string[])));
}

function hintDifference({ hints: before }: McpTool, { hints: after }: McpTool): readonly string[] {
  return (['readOnly', 'destructive', 'idempotent', 'openWorld'] as const).flatMap((hint) => {
    if (before[hint] === after[hint]) return [];
    return [`hint ${hint}: ${before[hint] ?? 'nothing said'} → ${after[hint] ?? 'nothing said'}`];
  });
}

/** By path, down to single texts and numbers; lists by what they gain and lose. */
function schemaDifference(before: JsonValue | undefined, after: JsonValue | undefined, place: string): readonly string[] {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  if (isBranch(before) && isBranch(after)) {
    const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
    return names.flatMap((name) => schemaDifference(own(before, name), own(after, name), `${place}.${oneLine(name)}`));
  }
  if (typeof before === 'string' && typeof after === 'string' && Math.max(before.length, after.length) > MAX_PIECE / 2)
    return textDifference(place, before, after);
  if (Array.isArray(before) && Array.isArray(after)) {
    const lines = lineDifference(before.map(canonicalJson), after.map(canonicalJson));
    return lines.flatMap(({ sign, line }) => shown(sign, place, line));
  }
  return [
    ...(before === undefined ? [] : shown('-', place, canonicalJson(before))),
    ...(after === undefined ? [] : shown('+', place, canonicalJson(after))),
  ];
}

/** Whether one goes down into it: an object that holds something, or nothing at all beside one. */
function isBranch(value: JsonValue | undefined): value is JsonObject | undefined {
  return value === undefined || (isJsonObject(value) && Object.keys(value).length > 0);
}

function own(object: JsonObject | undefined, name: string): JsonValue | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

function shown(sign: '-' | '+', place: string, text: string): readonly string[] {
  return pieces(text).map((piece) => `${sign} ${place}: ${oneLine(piece)}`);
}
