import { parse, stringify } from 'yaml';
import { homePaths } from '../../adapters/support/home-paths.js';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonValue } from '../../core/domain/json.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { CONFIG_KEYS, changedKeys, configValue, isConfigKey, withConfigValue } from './config-keys.js';
import { editConfig } from './edit-config.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { nearest } from './nearest.js';
import { visibleLine } from './visible-line.js';

/** `pyra config`: the settings in `config.yaml`. None of them is a secret. */
export const commands: readonly Command[] = [
  {
    noun: 'config',
    verb: 'get',
    summary: 'show the settings, or one of them',
    words: '[key]',
    examples: ['pyra config get', 'pyra config get memory.auto_load'],
    details: `Keys: ${CONFIG_KEYS.join(', ')}`,
    complete: async () => CONFIG_KEYS,
    run: get,
  },
  {
    noun: 'config',
    verb: 'set',
    summary: 'change one setting',
    words: '<key> <value>',
    examples: [
      'pyra config set ai.model gpt-5.5',
      'pyra config set ai.options \'{"temperature":0.2}\'',
      'pyra config set ai.base_url null',
    ],
    details:
      'The value is read as YAML (true, 5, text, {"a": 1}); null takes the setting away. What does not fit is refused and nothing is changed.',
    complete: async () => CONFIG_KEYS,
    run: set,
  },
  {
    noun: 'config',
    verb: 'edit',
    summary: 'open config.yaml in your editor',
    examples: ['pyra config edit'],
    details: 'Opens a copy with VISUAL or EDITOR. It replaces config.yaml only when it is valid.',
    run: edit,
  },
  {
    noun: 'config',
    verb: 'path',
    summary: 'show where config.yaml is',
    examples: ['pyra config path'],
    async run(context) {
      const path = homePaths(context.home).config;
      if (context.globals.json) context.printJson({ path });
      else context.print(path);
      return EXIT.ok;
    },
  },
];

async function get(context: CommandContext, { words: [key] }: ParsedArguments): Promise<ExitCode> {
  if (key !== undefined) checkKey(key);
  const { settings } = await context.openFoundation();
  const loaded = await settings.load();
  const value = key === undefined ? (JSON.parse(JSON.stringify(loaded)) as JsonValue) : configValue(loaded, key);
  if (context.globals.json) context.printJson({ ...(key === undefined ? {} : { key }), value: value ?? null });
  else if (value === undefined) context.say(`${key} is not set`);
  else context.print(plainText(value));
  return EXIT.ok;
}

async function set(context: CommandContext, { words: [key = '', text = ''] }: ParsedArguments): Promise<ExitCode> {
  checkKey(key);
  const value = parseValue(text);
  const foundation = await context.openFoundation();
  const before = await foundation.settings.load();
  const after = withConfigValue(before, key, value);
  if (context.globals.dryRun) {
    context.say(`would set ${key}`);
    return EXIT.ok;
  }
  await foundation.home.prepare();
  await foundation.settings.save(after);
  await recordChange(foundation, [key]);
  if (context.globals.json) context.printJson({ key, value });
  else context.say(value === null ? `${key} has its default again` : `${key} = ${visibleLine(plainText(value))}`);
  return EXIT.ok;
}

async function edit(context: CommandContext): Promise<ExitCode> {
  const foundation = await context.openFoundation();
  await foundation.home.prepare();
  const before = await foundation.settings.load().catch(() => undefined);
  const replaced = await editConfig(context);
  if (!replaced) {
    context.say('config.yaml is as it was');
    return EXIT.ok;
  }
  const after = await foundation.settings.load();
  const keys = before === undefined ? ['config.yaml'] : changedKeys(before, after);
  await recordChange(foundation, keys);
  if (context.globals.json) context.printJson({ changed: [...keys] });
  else context.say(keys.length === 0 ? 'saved; no setting has changed' : `saved; changed: ${keys.join(', ')}`);
  return EXIT.ok;
}

async function recordChange({ log, system }: Foundation, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await log.append({ log: 'security', event: 'settings-changed', at: system.now(), detail: { keys: [...keys] } });
}

function checkKey(key: string): void {
  if (isConfigKey(key)) return;
  const near = nearest(key, CONFIG_KEYS);
  throw new PyraError('usage', 'there is no such setting', {
    hint: near === undefined ? 'pyra config get shows all of them' : `did you mean: ${near}`,
  });
}

/** A value as it stands in `config.yaml`: YAML, of which JSON is a part. */
function parseValue(text: string): JsonValue {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'error' }) as JsonValue;
  } catch (error) {
    throw new PyraError('usage', 'the value is no valid YAML', { hint: 'put a text with special characters into quotes', cause: error });
  }
}

function plainText(value: JsonValue): string {
  return isJsonObject(value) || Array.isArray(value) ? stringify(value).trimEnd() : String(value);
}
