import { isJsonObject, type JsonValue } from '../../core/domain/json.js';
import { COUNTS, NUMBERS, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS, TYPES } from '../../core/domain/schema-keywords.js';

/** The largest schema, as JSON in characters. */
const MAX_CHARACTERS = 65_536;
/** How deep a schema may be nested. */
const MAX_DEPTH = 32;
const MAX_PATTERN_CHARACTERS = 1_000;

/** What makes a schema unusable: it is too large or too deep, or a keyword has a value that the validator would silently pass over. */
export function schemaFault(schema: JsonValue): string | undefined {
  const deep = depthFault(schema, 0);
  if (deep !== undefined) return deep;
  if (JSON.stringify(schema).length > MAX_CHARACTERS) return `it is longer than ${MAX_CHARACTERS} characters`;
  return shapeFault(schema, '#');
}

function depthFault(value: JsonValue, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH}`;
  for (const member of Object.values(value)) {
    const fault = depthFault(member as JsonValue, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function shapeFault(schema: JsonValue | undefined, place: string): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isJsonObject(schema)) return `${place} is not a schema`;
  for (const [keyword, value] of Object.entries(schema)) {
    const at = `${place}/${keyword}`;
    const fault = keywordFault(keyword, value, at);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keywordFault(keyword: string, value: JsonValue, at: string): string | undefined {
  if (ONE_SCHEMA.includes(keyword)) return shapeFault(value, at);
  if (SCHEMA_LISTS.includes(keyword)) return Array.isArray(value) ? firstFault(value, at) : `${at} is not a list of schemas`;
  if (SCHEMA_MAPS.includes(keyword)) {
    if (!isJsonObject(value)) return `${at} is not an object of schemas`;
    const names = keyword === 'patternProperties' ? Object.keys(value).map((pattern) => patternFault(pattern, at)) : [];
    return names.find((fault) => fault !== undefined) ?? firstFault(value, at);
  }
  if (keyword === 'type') return [value].flat().every((type) => TYPES.includes(type)) ? undefined : `${at} is not a type`;
  if (keyword === 'required') return isTexts(value) ? undefined : `${at} is not a list of names`;
  if (keyword === 'enum') return Array.isArray(value) ? undefined : `${at} is not a list`;
  if (keyword === 'pattern') return patternFault(value, at);
  if (NUMBERS.includes(keyword) && typeof value !== 'number') return `${at} is not a number`;
  if (COUNTS.includes(keyword) && !(Number.isInteger(value) && (value as number) >= 0)) return `${at} is not a count`;
  return undefined;
}

function firstFault(schemas: JsonValue, at: string): string | undefined {
  for (const [name, schema] of Object.entries(schemas as object)) {
    const fault = shapeFault(schema as JsonValue, `${at}/${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function patternFault(pattern: JsonValue, at: string): string | undefined {
  if (typeof pattern !== 'string' || pattern.length > MAX_PATTERN_CHARACTERS)
    return `${at} is not a pattern of at most ${MAX_PATTERN_CHARACTERS} characters`;
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch {
    return `${at} is not a regular expression`;
  }
}

function isTexts(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
