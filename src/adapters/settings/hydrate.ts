import { distance } from 'fastest-levenshtein';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';

/** Which keys of a class hold instances (or lists of instances) of another. */
export type NestedTypes = ReadonlyMap<object, Readonly<Record<string, new () => object>>>;

/** Something wrong in a settings file. */
export interface SettingsFault {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly sentence: string;
}

/**
 * Makes an instance of a settings class from plain values: the class knows its keys and defaults, `null` stands for the default. Unknown
 * keys and wrong blocks become faults.
 */
export function hydrate<T extends object>(
  type: new () => T,
  content: JsonObject,
  nested: NestedTypes,
  faults: SettingsFault[],
  path: readonly string[] = [],
): T {
  const instance = new type();
  const known = Object.keys(instance);
  for (const [key, value] of Object.entries(content)) {
    const at = [...path, key];
    if (!known.includes(key)) faults.push({ path: at, sentence: unknownKey(at, known, nested) });
    else if (value !== null) Object.assign(instance, { [key]: hydrateValue(nested.get(type)?.[key], value, nested, faults, at) });
  }
  return instance;
}

function hydrateValue(
  type: (new () => object) | undefined,
  value: JsonValue,
  nested: NestedTypes,
  faults: SettingsFault[],
  path: readonly string[],
): unknown {
  if (type === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) =>
      hydrateValue(type, isJsonObject(item) ? item : {}, nested, faults, [...path, String(index)]),
    );
  }
  if (isJsonObject(value)) return hydrate(type, value, nested, faults, path);
  faults.push({ path, sentence: `expected a block of settings, found ${kindOf(value)}` });
  return new type();
}

/** A value's kind in words for the person; never the value itself, which may be a secret in the wrong place. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  return typeof value === 'boolean' ? `${value}` : `the number ${value}`;
}

function unknownKey(path: readonly string[], siblings: readonly string[], nested: NestedTypes): string {
  const key = path.at(-1) ?? '';
  const nearest = nearestOf(key, siblings);
  if (nearest !== undefined) return `is unknown; did you mean ${[...path.slice(0, -1), nearest].join('.')}?`;
  for (const types of nested.values()) {
    for (const [section, type] of Object.entries(types)) {
      const found = nearestOf(key, Object.keys(new type()));
      if (found !== undefined) return `is unknown; did you mean ${section}.${found}?`;
    }
  }
  const secret = /key|token|secret|passw/i.test(key) ? ' (secrets belong into the vault: pyra vault set NAME)' : '';
  return `is unknown; known here are ${siblings.join(', ')}${secret}`;
}

function nearestOf(key: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({ name, steps: distance(key.toLowerCase(), name) })).sort((left, right) => left.steps - right.steps);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const most = best.name.length < 4 ? 1 : Math.max(2, Math.floor(best.name.length / 3));
  return best.steps <= most ? best.name : undefined;
}
