import { PyraError } from './errors.js';
import { isJsonObject, type JsonValue } from './json.js';
import { manifestCommands } from './manifest-commands.js';
import { manifestPermissions, manifestSecrets } from './manifest-permissions.js';
import { ManifestReader } from './manifest-reader.js';
import { manifestSetup } from './manifest-setup.js';
import { manifestTools } from './manifest-tools.js';
import { isOwnName } from './own-names.js';
import type { PluginManifest, PluginName } from './plugin-manifest.js';
import { visible } from './untrusted.js';
import { utf8Bytes } from './utf8.js';

/** The largest manifest, in bytes. */
export const MAX_MANIFEST_BYTES = 262_144;

const KEYS = [
  'api',
  'name',
  'version',
  'description',
  'author',
  'entry',
  'tools',
  'secrets',
  'permissions',
  'setup',
  'accounts',
  'commands',
  'prompt',
];
const MAX_PROMPT_CHARACTERS = 1_000;
const MAX_LEVELS = 64;
/** So many faults are told; nobody reads more of them at once. */
const MAX_FAULTS = 30;

/**
 * Reads a `manifest.json`, with defaults filled in.
 * @throws PyraError `plugin/bad-manifest` with every fault, one sentence each; `plugin/incompatible` for an `api` that is not 1
 */
export function parsePluginManifest(text: string): PluginManifest {
  if (text.length > MAX_MANIFEST_BYTES || utf8Bytes(text).byteLength > MAX_MANIFEST_BYTES)
    throw badManifest(undefined, ['manifest.json is larger than 256 KB']);
  const value = parsed(text);
  const faults: string[] = [];
  if (!isJsonObject(value)) throw badManifest(undefined, ['manifest.json must be an object with name, version, api, entry and tools']);
  const { name: given, api } = value;
  if (typeof api === 'number' && api !== 1) throw incompatible(given, api);
  hiddenFaults(value, faults);
  const manifest = readManifest(new ManifestReader(value, '', faults, KEYS), faults);
  if (faults.length > 0) throw badManifest(given, faults);
  return manifest;
}

/** The error about a manifest, or about the files beside it: every fault is a line of its own. */
export function badManifest(name: unknown, faults: readonly string[]): PyraError {
  const shown = faults.slice(0, MAX_FAULTS).map((fault) => visible(fault));
  if (faults.length > MAX_FAULTS) shown.push(`and ${faults.length - MAX_FAULTS} more`);
  const what = typeof name === 'string' && isPluginName(name) ? `the plugin ${name}` : 'the plugin';
  const lines = shown.length === 1 ? ` ${shown[0]}` : `\n${shown.map((fault) => `- ${fault}`).join('\n')}`;
  return new PyraError('plugin/bad-manifest', `${what} cannot be taken:${lines}`, { hint: 'whoever wrote the plugin has to mend it' });
}

/** Whether a text is a plugin's name: `^[a-z][a-z0-9-]{0,31}$`. */
export function isPluginName(text: string): text is PluginName {
  return /^[a-z][a-z0-9-]{0,31}$/.test(text);
}

function parsed(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, '')) as JsonValue;
  } catch (error) {
    throw badManifest(undefined, [`manifest.json is not JSON: ${(error as Error).message.slice(0, 200)}`]);
  }
  return value;
}

function readManifest(reader: ManifestReader, faults: string[]): PluginManifest {
  if (reader.raw('api') !== 1) reader.fault('api', reader.has('api') ? 'must be 1' : 'is missing; it must be 1');
  const name = reader.text('name', {
    most: 32,
    pattern: /^[a-z][a-z0-9-]*$/,
    form: 'lower-case letters, digits and -, at most 32, such as weather',
  });
  if (isOwnName(name)) reader.fault('name', `${name} is a name that Pyra keeps for itself`);
  const tools = manifestTools(reader, name, faults);
  const setup = manifestSetup(reader, faults);
  const accounts = reader.flag('accounts');
  if (accounts && setup.length === 0) reader.fault('accounts', 'is true, but setup has no question that an account could answer');
  const prompt = reader.optionalText('prompt', { most: MAX_PROMPT_CHARACTERS, lines: true });
  return {
    api: 1,
    name: name as PluginName,
    version: reader.text('version', {
      most: 40,
      pattern: /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/,
      form: 'a version such as 1.0.0',
    }),
    description: reader.text('description', { most: 500 }),
    author: reader.optionalText('author', { most: 200, least: 0 }) ?? '',
    entry: reader.text('entry', {
      most: 200,
      pattern: /^(?!data\/)(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:ts|mts|js|mjs|cjs)$/,
      form: 'the file with the code, within the plugin: plugin.ts, plugin.js, plugin.mjs or plugin.cjs',
    }),
    tools,
    secrets: manifestSecrets(reader, setup, accounts),
    permissions: manifestPermissions(reader, setup, faults),
    setup,
    accounts,
    commands: manifestCommands(reader, tools, faults),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

/** Everything in a manifest may be shown to the person or the model, so nothing in it may hide. */
function hiddenFaults(manifest: JsonValue, faults: string[]): void {
  const left: { readonly value: JsonValue; readonly place: string; readonly level: number }[] = [{ value: manifest, place: '', level: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, place, level } = next;
    if (typeof value === 'string' && visible(value) !== value) {
      faults.push(`${place}: holds control characters or characters that cannot be seen`);
    }
    if (typeof value !== 'object' || value === null) continue;
    if (level >= MAX_LEVELS) {
      faults.push(`${place.split('.').slice(0, 3).join('.')}: is nested deeper than ${MAX_LEVELS} levels`);
      return;
    }
    for (const [key, member] of Object.entries(value).reverse()) {
      const at = place === '' ? key : `${place}.${key}`;
      if (key === '__proto__') faults.push(`${at}: is no name for a member`);
      else if (visible(key) !== key) faults.push(`${at}: its name holds characters that cannot be seen`);
      left.push({ value: member as JsonValue, place: at, level: level + 1 });
    }
  }
}

function incompatible(name: unknown, api: number): PyraError {
  const what = typeof name === 'string' && isPluginName(name) ? `the plugin ${name}` : 'this plugin';
  return new PyraError('plugin/incompatible', `${what} is made for version ${api} of the plugin interface; this Pyra has version 1`, {
    hint: api > 1 ? 'update Pyra' : 'look for a newer version of the plugin',
  });
}
