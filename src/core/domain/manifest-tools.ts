import { isJsonObject, type JsonSchema, type JsonValue } from './json.js';
import { ManifestReader } from './manifest-reader.js';
import { hasArgument, schemaSizeFault } from './manifest-schema.js';
import type { ManifestTool } from './plugin-manifest.js';
import { TOOL_EFFECTS, type ToolEffect } from './tool.js';

const KEYS = ['name', 'description', 'parameters', 'effect', 'destinations', 'approval', 'summary', 'preview', 'timeout'];
const MAX_TOOLS = 64;
/** Of `plugin.verb`, so that every model takes it. */
const MAX_FULL_NAME = 62;
/** In seconds. */
const LONGEST_TIMEOUT = 600;

/** What a tool without parameters takes: nothing. */
const NO_PARAMETERS: JsonSchema = { type: 'object', properties: {}, additionalProperties: false };

/** The tools of a manifest; every fault is added to `faults`. */
export function manifestTools(manifest: ManifestReader, plugin: string, faults: string[]): readonly ManifestTool[] {
  const tools = manifest.list('tools', MAX_TOOLS).map((value, index) => manifestTool(value, `tools.${index}`, plugin, faults));
  for (const [index, { name }] of tools.entries()) {
    if (name !== '' && tools.findIndex((one) => one.name === name) < index) manifest.fault(`tools.${index}.name`, `${name} is there twice`);
  }
  return tools;
}

function manifestTool(value: JsonValue, place: string, plugin: string, faults: string[]): ManifestTool {
  const tool = new ManifestReader(value, place, faults, KEYS);
  const name = tool.text('name', { most: 60, pattern: /^[a-z][a-z0-9_]*$/, form: 'lower-case letters, digits and _, such as search' });
  if (`${plugin}.${name}`.length > MAX_FULL_NAME) tool.fault('name', `${plugin}.${name} is longer than ${MAX_FULL_NAME} characters`);
  const parameters = parametersOf(tool);
  const effect = tool.choice('effect', TOOL_EFFECTS);
  const approval = tool.choice('approval', ['ask', 'none'], 'ask');
  if (approval === 'none' && effect !== 'read') tool.fault('approval', `none is only for tools that read; this one is ${effect}`);
  const summary = tool.optionalText('summary', { most: 200 });
  const timeout = tool.count('timeout', 1, LONGEST_TIMEOUT);
  return {
    name,
    description: tool.text('description', { most: 2_000, lines: true }),
    parameters,
    effect,
    destinations: destinationsOf(tool, effect, parameters),
    approval,
    ...(summary === undefined ? {} : { summary: checkedSummary(tool, summary, parameters) }),
    preview: tool.flag('preview'),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function parametersOf(tool: ManifestReader): JsonSchema {
  const given = tool.raw('parameters');
  if (given === undefined) return NO_PARAMETERS;
  const fault = schemaSizeFault(given);
  if (fault !== undefined || !isJsonObject(given)) {
    tool.fault('parameters', fault ?? 'must be a JSON Schema');
    return NO_PARAMETERS;
  }
  if (given.type !== 'object') tool.fault('parameters.type', 'must be object, since a tool is called with named arguments');
  return given;
}

function destinationsOf(tool: ManifestReader, effect: ToolEffect, parameters: JsonSchema): readonly string[] {
  const destinations = tool.texts('destinations', 16, { most: 120 });
  for (const path of destinations) {
    if (!hasArgument(parameters, path)) tool.fault('destinations', `${path} is no argument of this tool`);
  }
  if (effect === 'egress' && destinations.length === 0) {
    tool.fault('destinations', 'a tool that sends something names at least one argument that says where it goes, such as to or url');
  }
  return destinations;
}

function checkedSummary(tool: ManifestReader, summary: string, parameters: JsonSchema): string {
  for (const [, path = ''] of summary.matchAll(/\{([^{}]{1,80})\}/g)) {
    if (!hasArgument(parameters, path)) tool.fault('summary', `{${path}} is no argument of this tool`);
  }
  return summary;
}
