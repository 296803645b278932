import { isJsonObject, type JsonSchema, type JsonValue } from './json.js';

/** The largest JSON Schema, as JSON in characters. */
const MAX_SCHEMA_CHARACTERS = 65_536;
const MAX_SCHEMA_LEVELS = 32;

/** What makes a JSON Schema of somebody else unusable, behind its place: it is none, too large, too deep. */
export function schemaSizeFault(schema: JsonValue | undefined): string | undefined {
  if (!isJsonObject(schema)) return 'must be a JSON Schema, such as {"type":"object","properties":{},"additionalProperties":false}';
  if (isDeeper(schema, MAX_SCHEMA_LEVELS)) return `is nested deeper than ${MAX_SCHEMA_LEVELS} levels`;
  if (JSON.stringify(schema).length > MAX_SCHEMA_CHARACTERS) return 'is larger than 64 KB';
  return undefined;
}

/** Whether a value is nested deeper than so many levels. */
export function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member as JsonValue, levels - 1));
}

/** Whether a schema for arguments has something at a path such as `to` or `attendees.mail`; positions in lists do not count. */
export function hasArgument(schema: JsonSchema, path: string): boolean {
  const parts = path.split('.').filter((part) => !/^\d+$/.test(part));
  return parts.length > 0 && reaches(schema, schema, parts, new Map());
}

/** `seen`: what was looked at, for so many parts left; references may lead in circles, and branch at each step. */
function reaches(root: JsonSchema, schema: JsonValue | undefined, parts: readonly string[], seen: Map<JsonValue, Set<number>>): boolean {
  if (!isJsonObject(schema)) return false;
  const [name, ...rest] = parts;
  if (name === undefined) return true;
  const before = seen.get(schema) ?? new Set();
  if (before.has(parts.length)) return false;
  seen.set(schema, before.add(parts.length));
  const into = (one: JsonValue | undefined, left: readonly string[]): boolean => reaches(root, one, left, seen);
  const { properties, items, $ref } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, name) && (rest.length === 0 || into(properties[name], rest))) return true;
  if (into(items, parts)) return true;
  if (typeof $ref === 'string' && $ref.startsWith('#/') && into(pointed(root, $ref), parts)) return true;
  return ['anyOf', 'oneOf', 'allOf'].some((key) => {
    const list = schema[key];
    return Array.isArray(list) && list.some((one: JsonValue) => into(one, parts));
  });
}

/** What a reference within the same schema points to (RFC 6901). */
function pointed(root: JsonSchema, reference: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
