import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import { DEFAULT_SETTINGS, type Settings } from '../../core/domain/settings.js';

/** The keys that have no default. */
const WITHOUT_DEFAULT = ['ai.provider_id', 'ai.model', 'ai.base_url', 'ai.context_tokens'];

/** Every key that can be read and set, such as `memory.auto_load`. */
export const CONFIG_KEYS: readonly string[] = [
  ...WITHOUT_DEFAULT,
  ...Object.entries(DEFAULT_SETTINGS).flatMap(([group, values]) =>
    group === 'daemon' ? [group] : Object.keys(values).map((key) => `${group}.${key}`),
  ),
];

/** Whether a key is one of {@link CONFIG_KEYS}, a group of them, or lies below one that holds an object. */
export function isConfigKey(key: string): boolean {
  const parts = key.split('.');
  if (parts.includes('') || parts.includes('__proto__')) return false;
  return CONFIG_KEYS.some(
    (known) =>
      known === key || known.startsWith(`${key}.`) || (/^(ai\.options|daemon|mcp\.servers)$/.test(known) && key.startsWith(`${known}.`)),
  );
}

/** The value of a key; `undefined` where it is not set. */
export function configValue(settings: Settings, key: string): JsonValue | undefined {
  let value: JsonValue | undefined = settings as unknown as JsonObject;
  for (const part of key.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The settings with another value of a key; `null` takes it away, so that its default holds. Not checked: the store does that. */
export function withConfigValue(settings: Settings, key: string, value: JsonValue): Settings {
  return replaced(settings as unknown as JsonObject, key.split('.'), value ?? defaultOf(key)) as unknown as Settings;
}

/** The keys whose values differ. */
export function changedKeys(before: Settings, after: Settings): readonly string[] {
  return CONFIG_KEYS.filter((key) => JSON.stringify(configValue(before, key)) !== JSON.stringify(configValue(after, key)));
}

function defaultOf(key: string): JsonValue | undefined {
  return configValue(DEFAULT_SETTINGS, key);
}

function replaced(object: JsonObject, [part = '', ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  const { [part]: old, ...others } = object;
  if (rest.length > 0) return { ...object, [part]: replaced(isJsonObject(old) ? old : {}, rest, value) };
  return value === undefined ? others : { ...object, [part]: value };
}
