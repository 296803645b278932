import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '../../core/domain/json.js';

/** Arguments that a schema should refuse, and why. */
export interface BadArguments {
  readonly args: JsonObject;
  readonly why: string;
}

/** Made-up arguments that fit a tool's schema, as far as its types, lengths, choices and formats tell; the required ones, or all of them. */
export function fittingArguments(schema: JsonSchema, which: 'required' | 'all'): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => which === 'all' || required.includes(name))
      .map(([name, property]) => [name, isJsonObject(property) ? fittingValue(property) : 'test']),
  );
}

/** Arguments that do not fit, one kind each: a missing one, one of a wrong type, an unknown one. Empty for a schema that takes anything. */
export function badArguments(schema: JsonSchema): readonly BadArguments[] {
  const good = fittingArguments(schema, 'required');
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const [required] = Array.isArray(schema.required) ? schema.required : [];
  const typed = Object.entries(properties).find(([, property]) => isJsonObject(property) && typeof property.type === 'string');
  return [
    ...(typeof required === 'string'
      ? [{ args: Object.fromEntries(Object.entries(good).filter(([name]) => name !== required)), why: `${required} is missing` }]
      : []),
    ...(typed === undefined
      ? []
      : [{ args: { ...good, [typed[0]]: otherType(typed[1] as JsonObject) }, why: `${typed[0]} has a wrong type` }]),
    ...(schema.additionalProperties === false ? [{ args: { ...good, unheard_of: true }, why: 'unheard_of is not known' }] : []),
  ];
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-03-01',
  'date-time': '2026-03-01T10:00:00Z',
  time: '10:00:00Z',
  email: 'test@plugin-test.invalid',
  uri: 'https://plugin-test.invalid/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function fittingValue(schema: JsonObject): JsonValue {
  if ('const' in schema) return schema.const ?? null;
  for (const choices of [schema.enum, schema.examples]) if (Array.isArray(choices) && choices[0] !== undefined) return choices[0];
  if ('default' in schema) return schema.default ?? null;
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const [first] = Array.isArray(schema[key]) ? schema[key] : [];
    if (isJsonObject(first)) return fittingValue({ ...schema, [key]: null, ...first });
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'integer':
    case 'number':
      return numberOf(schema.minimum) ?? numberOf(schema.exclusiveMinimum, 1) ?? Math.min(1, numberOf(schema.maximum) ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array': {
      const item = isJsonObject(schema.items) ? fittingValue(schema.items) : 'test';
      return Array.from({ length: Math.min(numberOf(schema.minItems) ?? 1, 20) }, () => item);
    }
    case 'object':
      return fittingArguments(schema, 'required');
    default:
      return textOf(schema);
  }
}

function textOf(schema: JsonObject): string {
  const known = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  const text = (known ?? 'test').padEnd(Math.min(numberOf(schema.minLength) ?? 0, 10_000), 'x');
  return known === undefined ? text.slice(0, numberOf(schema.maxLength) ?? text.length) : text;
}

function otherType({ type }: JsonObject): JsonValue {
  return type === 'object' || type === 'array' ? 'not that' : { not: 'that' };
}

function numberOf(value: JsonValue | undefined, more = 0): number | undefined {
  return typeof value === 'number' ? value + more : undefined;
}
