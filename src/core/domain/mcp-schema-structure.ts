import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.js';
import { schemaSizeFault } from './manifest-schema.js';
import { schemaReferenceFault } from './mcp-schema-references.js';
import { isPattern, PatternCheck } from './pattern-check.js';
import { COUNTS, NUMBERS, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS, TYPES } from './schema-keywords.js';
import type { StepBudget } from './step-budget.js';
import { visible } from './untrusted.js';

const MAX_PROPERTIES = 200;
const MAX_NAME_CHARACTERS = 64;
const MAX_TEXT_CHARACTERS = 200;
/** Names under which every object of JavaScript has something already. */
const REFUSED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** What a foreign schema came to: its structure, or one sentence on why it cannot be used. */
export type SchemaStructure = { readonly schema: JsonSchema } | { readonly fault: string };

/**
 * A foreign schema for a tool's arguments without everything that is prose (titles, descriptions, examples, defaults, comments, keywords that
 * nobody knows), and without limits that make no sense: those of older dialects and slips of the pen, which its server checks as it likes.
 * Refuses what is too large or too deep, is no schema where one has to be, refers to something outside of it or in circles, or holds a
 * pattern that could take for ever. `budget`: for the patterns of several schemas together.
 */
export function mcpSchemaStructure(given: JsonValue | undefined, budget?: StepBudget): SchemaStructure {
  if (!isJsonObject(given)) return { fault: 'it has no schema for its arguments' };
  const size = schemaSizeFault(given);
  if (size !== undefined) return { fault: `its schema ${size}` };
  if ((given.type ?? 'object') !== 'object') return { fault: 'its schema is not one of named arguments (type object)' };
  try {
    const schema = new Stripping(budget).object(given, '#');
    const whole = { ...schema, type: 'object', properties: schema.properties ?? {} };
    const fault = schemaReferenceFault(whole);
    return fault === undefined ? { schema: whole } : { fault: `its schema ${fault}` };
  } catch (error) {
    if (error instanceof Refused) return { fault: error.sentence };
    throw error;
  }
}

/** Ends a walk at the first fault. */
class Refused {
  readonly sentence: string;

  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** One walk through one schema. */
class Stripping {
  readonly #patterns: PatternCheck;
  #properties = 0;

  constructor(budget: StepBudget | undefined) {
    this.#patterns = new PatternCheck(budget);
  }

  object(schema: JsonObject, place: string): JsonObject {
    const kept: [string, JsonValue][] = [];
    for (const [given, value] of Object.entries(schema)) {
      const keyword = presentKeyword(given, schema);
      const stripped = keyword === undefined ? undefined : this.#keyword(keyword, value, `${place}/${given}`);
      if (keyword !== undefined && stripped !== undefined) kept.push([keyword, stripped]);
    }
    return Object.fromEntries(kept);
  }

  #schema(value: JsonValue, place: string): JsonValue {
    if (typeof value === 'boolean') return value;
    return isJsonObject(value) ? this.object(value, place) : refuse(place, 'is not a schema');
  }

  /** `undefined` for what is left out. */
  #keyword(keyword: string, value: JsonValue, place: string): JsonValue | undefined {
    if (ONE_SCHEMA.includes(keyword)) return this.#schema(value, place);
    if (SCHEMA_LISTS.includes(keyword)) {
      if (!Array.isArray(value)) return refuse(place, 'is not a list of schemas');
      return value.map((one: JsonValue, index) => this.#schema(one, `${place}/${index}`));
    }
    if (SCHEMA_MAPS.includes(keyword)) return this.#map(keyword, value, place);
    if (NUMBERS.includes(keyword)) return typeof value === 'number' ? value : undefined;
    if (COUNTS.includes(keyword)) return Number.isInteger(value) && (value as number) >= 0 ? value : undefined;
    return this.#plain(keyword, value, place);
  }

  #plain(keyword: string, value: JsonValue, place: string): JsonValue | undefined {
    switch (keyword) {
      case 'type':
        return [value].flat().every((type) => TYPES.includes(type)) ? value : undefined;
      case 'required':
        if (!Array.isArray(value)) return undefined;
        for (const name of value as readonly JsonValue[]) this.#name(name, place);
        return value;
      case 'enum':
        if (!Array.isArray(value)) return refuse(place, 'is not a list');
        this.#texts(value, place);
        return value;
      case 'const':
        this.#texts(value, place);
        return value;
      case 'pattern':
        // Of another dialect: nobody here can try it, so nothing is lost but a check that the server makes as well.
        if (typeof value === 'string' && !isPattern(value)) return undefined;
        this.#pattern(value, place);
        return value;
      case 'format':
        return typeof value === 'string' && /^[a-z][a-z0-9-]{0,30}$/.test(value) ? value : undefined;
      case 'uniqueItems':
        return typeof value === 'boolean' ? value : undefined;
      case '$ref':
        return typeof value === 'string' && value.length <= MAX_TEXT_CHARACTERS && /^#(?:$|\/)/.test(value)
          ? value
          : refuse(place, 'refers to something outside of the schema');
      case '$dynamicRef':
      case '$recursiveRef':
        return refuse(place, 'refers to something that is not fixed');
      default:
        return undefined;
    }
  }

  #map(keyword: string, value: JsonValue, place: string): JsonObject {
    if (!isJsonObject(value)) return refuse(place, 'is not an object of schemas');
    const entries = Object.entries(value);
    if (keyword === 'properties') {
      this.#properties += entries.length;
      if (this.#properties > MAX_PROPERTIES) throw new Refused(`its schema has more than ${MAX_PROPERTIES} arguments in all`);
    }
    return Object.fromEntries(
      entries.map(([name, schema]) => {
        if (keyword === 'patternProperties') this.#pattern(name, place);
        else this.#name(name, place);
        return [name, this.#schema(schema, `${place}/${name}`)];
      }),
    );
  }

  #name(name: JsonValue, place: string): void {
    if (typeof name !== 'string') refuse(place, 'is not a list of names');
    else if (name === '' || name.length > MAX_NAME_CHARACTERS)
      refuse(place, `has a name that is empty or longer than ${MAX_NAME_CHARACTERS} characters`);
    else if (/[\n\t]/.test(name) || visible(name) !== name)
      refuse(place, 'has a name with characters that cannot be seen or break the line');
    else if (REFUSED_NAMES.includes(name)) refuse(place, `has an argument with the name ${name}`);
  }

  /** Every text in a value that the schema fixes goes to the model as it is. */
  #texts(value: JsonValue, place: string): void {
    if (typeof value === 'string' && value.length > MAX_TEXT_CHARACTERS)
      refuse(place, `has a text that is longer than ${MAX_TEXT_CHARACTERS} characters`);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      this.#texts(key, place);
      this.#texts(member as JsonValue, place);
    }
  }

  #pattern(value: JsonValue, place: string): void {
    const fault = typeof value === 'string' ? this.#patterns.fault(value) : 'is not a pattern';
    if (fault !== undefined) refuse(place, fault);
  }
}

function refuse(place: string, what: string): never {
  const shown = visible(place).replace(/[\n\t]/g, ' ');
  throw new Refused(`its schema cannot be used: ${shown.length > 120 ? `${shown.slice(0, 119).toWellFormed()}…` : shown} ${what}`);
}

/** The keyword of today for one of an older dialect: a list of `items` was what `prefixItems` is. `undefined` where both would be there. */
function presentKeyword(keyword: string, schema: JsonObject): string | undefined {
  if (!Array.isArray(schema.items)) return keyword;
  if (keyword === 'items') return 'prefixItems' in schema ? undefined : 'prefixItems';
  return keyword === 'additionalItems' ? 'items' : keyword;
}
