import { argumentAt, argumentLeaves, isNothing } from './argument-paths.js';
import { PyraError } from './errors.js';
import { isToolName, type ToolName } from './identifiers.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.js';
import type { ToolDefinition } from './tool.js';

/** The person's own approval for one process, as `--allow` gives it. */
export interface AllowRule {
  readonly tool: ToolName;
  /** All must hold; none for any arguments. */
  readonly when: readonly AllowCondition[];
}

/** One `ARG=VALUE` of a rule. */
export interface AllowCondition {
  readonly path: string;
  /** The argument as text, or as JSON when it is not a text; nothing for an argument that is absent or empty. */
  readonly value: string;
}

/**
 * Reads `TOOL` or `TOOL:ARG=VALUE[,ARG=VALUE]…`. `\,` is a comma inside a value; a backslash stands for itself, but in a run right before a
 * comma two stand for one.
 * @throws PyraError `usage`
 */
export function parseAllowRule(text: string): AllowRule {
  const colon = text.indexOf(':');
  const tool = colon < 0 ? text : text.slice(0, colon);
  if (!isToolName(tool)) throw misread(text, `${JSON.stringify(tool)} is not the name of a tool`);
  if (colon < 0) return { tool, when: [] };
  const when = splitConditions(text.slice(colon + 1)).map((part) => {
    const equals = part.indexOf('=');
    const path = part.slice(0, equals);
    if (equals < 1 || !isPath(path)) throw misread(text, `${JSON.stringify(part)} is not ARG=VALUE`);
    return { path, value: part.slice(equals + 1) };
  });
  const twice = when.find(({ path }, index) => when.findIndex((one) => one.path === path) !== index);
  if (twice !== undefined) throw misread(text, `${twice.path} is named twice`);
  return { tool, when };
}

/** The text that {@link parseAllowRule} reads as this rule. */
export function printAllowRule({ tool, when }: AllowRule): string {
  if (when.length === 0) return tool;
  const parts = when.map(({ path, value }, index) => {
    const escaped = value.replace(/(\\*),/g, '$1$1\\,');
    return `${path}=${index < when.length - 1 ? escaped.replace(/\\+$/, '$&$&') : escaped}`;
  });
  return `${tool}:${parts.join(',')}`;
}

/** Whether a rule permits a call. A rule that names a destination permits no other destination than those that it names. */
export function allows({ tool, when }: AllowRule, definition: ToolDefinition, args: JsonObject): boolean {
  if (tool !== definition.name || !when.every(({ path, value }) => isValue(argumentAt(args, path), value))) return false;
  const named = (path: string): boolean => when.some((condition) => condition.path === path);
  return !definition.destinations.some(named) || definition.destinations.every((path) => named(path) || isNothing(argumentAt(args, path)));
}

/** The narrowest usual rule that permits a call: all its destinations, all its arguments where the tool has none, the bare name for `read` and `write` without destinations. */
export function allowRuleOf(definition: ToolDefinition, args: JsonObject): AllowRule {
  const { name: tool, destinations, effect } = definition;
  const present = destinations.filter((path) => isPath(path) && !isNothing(argumentAt(args, path)));
  if (present.length > 0) return { tool, when: present.map((path) => ({ path, value: textOf(argumentAt(args, path) as JsonValue) })) };
  if (effect === 'read' || effect === 'write') return { tool, when: [] };
  const all = argumentLeaves(args).filter(({ path }) => isPath(path));
  // A call without arguments is permitted as one without them: the bare name would permit every other, too.
  if (all.length === 0) return { tool, when: possiblePaths(definition).map((path) => ({ path, value: '' })) };
  return { tool, when: all.map(({ path, value }) => ({ path, value: textOf(value) })) };
}

/** The exact `--allow …` that would permit the call of a request, quoted for a shell. */
export function allowRuleFor(request: { readonly definition: ToolDefinition; readonly call: { readonly args: JsonObject } }): string {
  const rule = printAllowRule(allowRuleOf(request.definition, request.call.args));
  return `--allow '${rule.replaceAll("'", `'\\''`)}'`;
}

/**
 * What is wrong with rules for a turn in which the model writes the arguments, one sentence each with the form to use: an unknown tool, or an
 * `egress` or `destructive` tool of which not every required destination (at least one; where it has none: one argument) is named.
 */
export function checkAllowRules(rules: readonly AllowRule[], definitions: readonly ToolDefinition[]): readonly string[] {
  return rules.flatMap((rule) => {
    const definition = definitions.find(({ name }) => name === rule.tool);
    if (definition === undefined) return [`--allow ${rule.tool}: there is no such tool`];
    if (definition.effect !== 'egress' && definition.effect !== 'destructive') return [];
    const wanted = wantedPaths(definition);
    const named = rule.when.map(({ path }) => path);
    const isEnough = definition.destinations.length > 0 ? wanted.every((path) => named.includes(path)) : named.length > 0;
    if (isEnough || wanted.length === 0) return [];
    const form = `${rule.tool}:${wanted.map((path) => `${path}=VALUE`).join(',')}`;
    return [`--allow ${printAllowRule(rule)} is too wide for a tool that is ${definition.effect}: write --allow '${form}'`];
  });
}

function wantedPaths({ destinations, parameters }: ToolDefinition): readonly string[] {
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  if (destinations.length > 0) {
    const needed = destinations.filter((path) => required.includes(path.split('.')[0] as string));
    return needed.length > 0 ? needed : destinations;
  }
  const properties = isJsonObject(parameters.properties) ? Object.keys(parameters.properties) : [];
  return [required[0] ?? properties[0]].filter((name) => typeof name === 'string');
}

function possiblePaths(definition: ToolDefinition): readonly string[] {
  const { properties } = definition.parameters;
  return [...new Set([...wantedPaths(definition), ...(isJsonObject(properties) ? Object.keys(properties) : [])])].filter(isPath);
}

function isPath(text: string): boolean {
  return /^[^\s=,\\"]+$/.test(text);
}

/** Cuts at commas that an even number of backslashes precedes. */
function splitConditions(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let from = 0;
  for (const match of text.matchAll(/(\\*),/g)) {
    const slashes = (match[1] as string).length;
    part += text.slice(from, match.index) + '\\'.repeat(Math.floor(slashes / 2));
    from = match.index + match[0].length;
    if (slashes % 2 === 1) part += ',';
    else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part + text.slice(from)];
}

function isValue(actual: JsonValue | undefined, text: string): boolean {
  if (typeof actual === 'string') return actual === text;
  if (text === '') return isNothing(actual);
  if (actual === undefined) return false;
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(actual);
  } catch {
    return false;
  }
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function misread(text: string, why: string): PyraError {
  return new PyraError('usage', `--allow ${JSON.stringify(text)}: ${why}`, {
    hint: "--allow TOOL or --allow 'TOOL:ARG=VALUE,ARG=VALUE' (\\, for a comma in a value)",
  });
}
