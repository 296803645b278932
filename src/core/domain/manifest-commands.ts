import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { ManifestReader } from './manifest-reader.js';
import { isDeeper } from './manifest-schema.js';
import { nearestWord } from './nearest-word.js';
import type { ManifestCommand, ManifestTool } from './plugin-manifest.js';

const KEYS = ['name', 'summary', 'tool', 'arguments', 'prompt'];
const MAX_COMMANDS = 16;

/** The slash commands of the chat itself: no plugin can take their names. */
export const OWN_COMMANDS: readonly string[] = (
  'help new resume find undo retry edit attach copy export compact model tools plugins rules usage status clear exit quit memory remember ' +
  'forget vault setup mcp approve deny stop schedule'
).split(' ');

/** The slash commands of a manifest; every fault is added to `faults`. */
export function manifestCommands(manifest: ManifestReader, tools: readonly ManifestTool[], faults: string[]): readonly ManifestCommand[] {
  const commands: ManifestCommand[] = [];
  for (const [index, value] of manifest.list('commands', MAX_COMMANDS).entries()) {
    const reader = new ManifestReader(value, `commands.${index}`, faults, KEYS);
    const command = commandOf(reader, tools);
    if (OWN_COMMANDS.includes(command.name)) reader.fault('name', `/${command.name} is a command of Pyra`);
    if (commands.some(({ name }) => name === command.name)) reader.fault('name', `/${command.name} is there twice`);
    commands.push(command);
  }
  return commands;
}

function commandOf(reader: ManifestReader, tools: readonly ManifestTool[]): ManifestCommand {
  const name = reader.text('name', { most: 32, pattern: /^[a-z]+$/, form: 'at most 32 lower-case letters, such as today' });
  const summary = reader.text('summary', { most: 120 });
  if (reader.has('tool') === reader.has('prompt')) {
    reader.fault('', 'must have either a tool or a prompt');
    return { name, summary, prompt: '' };
  }
  if (reader.has('tool')) return { name, summary, tool: toolOf(reader, tools), arguments: argumentsOf(reader) };
  if (reader.has('arguments')) reader.fault('arguments', 'belongs to commands with a tool');
  return { name, summary, prompt: reader.text('prompt', { most: 4_000, lines: true }) };
}

function toolOf(reader: ManifestReader, tools: readonly ManifestTool[]): string {
  const tool = reader.text('tool', { most: 60 });
  const names = tools.map(({ name }) => name);
  if (tool !== '' && !names.includes(tool)) {
    const near = nearestWord(tool, names);
    reader.fault('tool', `${JSON.stringify(tool)} is no tool of this plugin${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  return tool;
}

function argumentsOf(reader: ManifestReader): JsonObject {
  const given: JsonValue | undefined = reader.raw('arguments');
  if (given === undefined) return {};
  if (isJsonObject(given) && !isDeeper(given, 16) && JSON.stringify(given).length <= 10_000) return given;
  reader.fault('arguments', 'must be an object of at most 10,000 characters and 16 levels');
  return {};
}
