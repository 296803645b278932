import { isJsonObject, type JsonSchema, type JsonValue } from './json.js';
import { IN_PLACE, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS } from './schema-keywords.js';

/** How many schemas may have to be looked at for one value, with all that they refer to. */
const MAX_IN_PLACE = 2_000;

/** What is wrong with the references of a schema: one leads nowhere, in a circle at the same value, or to more and more at each step. */
export function schemaReferenceFault(root: JsonSchema): string | undefined {
  const costs = new Map<JsonValue, number | 'open'>();
  try {
    for (const schema of schemasIn(root)) if (cost(root, schema, costs) > MAX_IN_PLACE) return 'refers to too much at once';
  } catch (error) {
    if (typeof error === 'string') return error;
    throw error;
  }
  return undefined;
}

/** What a reference within a schema points to (RFC 6901); `undefined` for nothing. */
export function schemaAt(root: JsonSchema, reference: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  let fragment: string;
  try {
    fragment = decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
  for (const part of fragment.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = /^\d{1,4}$/.test(name) ? value[Number(name)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

/** Every schema within a schema, itself first; values that it fixes are none. */
function schemasIn(root: JsonSchema): readonly JsonSchema[] {
  const found: JsonSchema[] = [];
  const left: JsonValue[] = [root];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (!isJsonObject(next)) continue;
    found.push(next);
    left.push(...[...ONE_SCHEMA, ...SCHEMA_LISTS, ...SCHEMA_MAPS].flatMap((keyword) => below(next as JsonSchema, keyword)));
  }
  return found;
}

function below(schema: JsonSchema, keyword: string): readonly JsonValue[] {
  const value = schema[keyword];
  if (value === undefined) return [];
  if (SCHEMA_LISTS.includes(keyword)) return value as readonly JsonValue[];
  return SCHEMA_MAPS.includes(keyword) ? Object.values(value as JsonSchema) : [value];
}

/** How many schemas are looked at for one value of this one; throws a sentence for what has no end. */
function cost(root: JsonSchema, schema: JsonValue | undefined, costs: Map<JsonValue, number | 'open'>): number {
  if (!isJsonObject(schema)) return 1;
  const known = costs.get(schema);
  if (known === 'open') throw 'refers to itself without an end';
  if (known !== undefined) return known;
  costs.set(schema, 'open');
  let sum = 1;
  for (const one of IN_PLACE.flatMap((keyword) => below(schema, keyword))) sum += cost(root, one, costs);
  if (typeof schema.$ref === 'string') {
    const target = schemaAt(root, schema.$ref);
    if (!isJsonObject(target) && typeof target !== 'boolean') throw 'refers to something that is not in it';
    sum += cost(root, target, costs);
  }
  const bounded = Math.min(sum, MAX_IN_PLACE + 1);
  costs.set(schema, bounded);
  return bounded;
}
