import { frozenCopy } from './frozen-json.js';
import { isToolName } from './identifiers.js';
import { isJsonObject, type JsonObject } from './json.js';
import { TOOL_EFFECTS, type ToolDefinition, type ToolEffect } from './tool.js';

/** In seconds. */
const LONGEST_TIMEOUT = 600;

/** What {@link acceptedDefinition} gave: it is taken again as it is, since nobody can have changed it. */
const ACCEPTED = new WeakSet<object>();

/**
 * A definition as the gate takes it from a provider: a frozen copy in which a tool without a declared class is `destructive` and only a
 * `read` tool runs without a question. Gives one sentence when it cannot be taken.
 */
export function acceptedDefinition(given: unknown): ToolDefinition | string {
  if (typeof given === 'object' && given !== null && ACCEPTED.has(given)) return given as ToolDefinition;
  let copy: unknown;
  try {
    copy = frozenCopy(given, 8);
  } catch (error) {
    return `a definition is not JSON: ${(error as Error).message}`;
  }
  if (!isJsonObject(copy) || typeof copy.name !== 'string') return 'a definition has no name';
  const { name, parameters, destinations = [], summary, preview, timeout, code, describedBy, cautions } = copy;
  if (!isToolName(name)) return `${JSON.stringify(name.slice(0, 80))} is not a tool name (such as email.search)`;
  if (!isJsonObject(parameters)) return `${name} has no parameters (a JSON Schema)`;
  if (!Array.isArray(destinations) || !destinations.every((path) => typeof path === 'string')) {
    return `${name} has destinations that are not a list of argument paths`;
  }
  const effect = effectOf(copy);
  const accepted = Object.freeze({
    name,
    description: typeof copy.description === 'string' ? copy.description : '',
    parameters,
    effect,
    destinations: destinations as readonly string[],
    approval: effect === 'read' && copy.approval === 'none' ? 'none' : 'ask',
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(preview === true ? { preview } : {}),
    ...(typeof timeout === 'number' && timeout > 0 && timeout <= LONGEST_TIMEOUT ? { timeout } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof describedBy === 'string' ? { describedBy } : {}),
    ...(isTexts(cautions) ? { cautions } : {}),
  });
  ACCEPTED.add(accepted);
  return accepted;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function effectOf({ effect }: JsonObject): ToolEffect {
  return typeof effect === 'string' && (TOOL_EFFECTS as readonly string[]).includes(effect) ? (effect as ToolEffect) : 'destructive';
}
