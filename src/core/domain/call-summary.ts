import { argumentAt } from './argument-paths.js';
import type { JsonObject, JsonValue } from './json.js';
import type { ToolDefinition } from './tool.js';
import { visible } from './untrusted.js';

const LONGEST_VALUE = 120;

/** One line that says what a call does; nothing in it is invisible, breaks the line or turns its direction. */
export function callSummary(definition: ToolDefinition, args: JsonObject): string {
  const { name, summary } = definition;
  if (summary === undefined) return `${name} (${definition.effect})`;
  return oneLine(summary.replace(/\{([^{}]{1,80})\}/g, (_whole, path: string) => shown(argumentAt(args, path))));
}

/** A text on one line with everything invisible shown. */
export function oneLine(text: string): string {
  return visible(text).replace(/[\n\t]+/g, ' ');
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '(nothing)';
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number');
  const text = typeof value === 'string' ? value : isList ? value.join(', ') : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE).toWellFormed()}…`;
}
