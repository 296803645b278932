import type { SchemaChecker } from '../../ports/schema-checker.js';
import { oneLine } from '../domain/call-summary.js';
import { frozenCopy } from '../domain/frozen-json.js';
import { isToolName } from '../domain/identifiers.js';
import { isJsonObject, type JsonObject } from '../domain/json.js';
import type { ToolDefinition } from '../domain/tool.js';
import type { FoundTool, Toolbox } from './toolbox.js';

/** The most that the arguments of one call may hold, as JSON. */
const MAX_ARGUMENT_CHARACTERS = 1_000_000;
const MAX_FAULTS = 10;
const MAX_NAMES = 60;
const MAX_SCHEMA_CHARACTERS = 2_000;
/** Leaves room for what a request wraps around the arguments. */
const DEPTH_OF_ARGUMENTS = 8;

/** The stage *resolve*: the tool, or what to tell a model that named none. */
export async function resolveTool(toolbox: Toolbox, name: string): Promise<FoundTool | string> {
  const found = isToolName(name) ? await toolbox.find(name) : undefined;
  if (found !== undefined) return found;
  const names = (await toolbox.definitions()).map((definition) => definition.name);
  const near = names.filter((one) => one.split('.')[0] === name.split('.')[0]);
  const shown = (names.length <= MAX_NAMES || near.length === 0 ? names : near).slice(0, MAX_NAMES);
  return `there is no tool ${oneLine(name).slice(0, 80)}; ${shown.length === 0 ? 'there are no tools' : `there are ${shown.join(', ')}`}`;
}

/** The stage *check*: a frozen copy of arguments that fit, or what to tell a model whose arguments do not. */
export async function checkArguments(checker: SchemaChecker, definition: ToolDefinition, given: unknown): Promise<JsonObject | string> {
  let args: unknown;
  try {
    args = frozenCopy(given, DEPTH_OF_ARGUMENTS);
  } catch (error) {
    return misfit(definition, [(error as Error).message]);
  }
  if (!isJsonObject(args)) return misfit(definition, ['they must be a JSON object']);
  if (JSON.stringify(args).length > MAX_ARGUMENT_CHARACTERS) return misfit(definition, ['they are longer than 1,000,000 characters']);
  const faults = await faultsOf(checker, definition, args);
  return faults.length === 0 ? args : misfit(definition, faults);
}

async function faultsOf(checker: SchemaChecker, definition: ToolDefinition, args: JsonObject): Promise<readonly string[]> {
  try {
    return await checker.check(definition.parameters, args);
  } catch {
    return ['they could not be checked'];
  }
}

function misfit(definition: ToolDefinition, faults: readonly string[]): string {
  const shown = faults.slice(0, MAX_FAULTS);
  if (faults.length > MAX_FAULTS) shown.push(`and ${faults.length - MAX_FAULTS} more`);
  const schema = JSON.stringify(definition.parameters);
  const form = schema.length <= MAX_SCHEMA_CHARACTERS ? `\nThe parameters of ${definition.name}: ${schema}` : '';
  return `the arguments of ${definition.name} do not fit, so it was not run:\n${shown.map((fault) => `- ${fault}`).join('\n')}${form}`;
}
