import { argumentAt, isNothing } from './argument-paths.js';
import { canonicalJson, type JsonObject, type JsonValue } from './json.js';
import type { StandingRule } from './settings.js';
import type { ToolDefinition } from './tool.js';

/**
 * Whether a standing rule lets a call run without a question. Destinations that a rule with any destination leaves out must be absent from
 * the call. In a conversation that has read external text only rules for `egress` and `write` hold, and only when they fix every destination.
 */
export function permits(rule: StandingRule, definition: ToolDefinition, args: JsonObject, tainted: boolean): boolean {
  if (rule.tool !== definition.name) return false;
  const conditions = Object.entries(rule.when);
  if (!conditions.every(([path, value]) => isValue(argumentAt(args, path), value))) return false;
  const { destinations, effect } = definition;
  const isFixed = (path: string): boolean => Object.hasOwn(rule.when, path) || isNothing(argumentAt(args, path));
  if (destinations.some((path) => Object.hasOwn(rule.when, path)) && !destinations.every(isFixed)) return false;
  if (!tainted) return true;
  const fixesOne = destinations.some((path) => Object.hasOwn(rule.when, path) && !isNothing(argumentAt(args, path)));
  return (effect === 'egress' || effect === 'write') && fixesOne && destinations.every(isFixed);
}

function isValue(actual: JsonValue | undefined, wanted: JsonValue): boolean {
  return actual !== undefined && canonicalJson(actual) === canonicalJson(wanted);
}
