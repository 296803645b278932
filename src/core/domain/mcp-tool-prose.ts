import { oneLine } from './call-summary.js';
import { bounded } from './clean-output.js';
import { isJsonObject, type JsonSchema, type JsonValue } from './json.js';
import { schemaAt } from './mcp-schema-references.js';
import type { SeenMcpTool } from './mcp-server.js';
import { visible } from './untrusted.js';

const MAX_CHARACTERS = 4_000;
const MAX_LINE = 200;
const MAX_LINES = 100;
const MAX_DEPTH = 8;

/** All the prose of a tool in one bounded text, nothing in it hidden: what its server says of it and of each of its arguments. */
export function mcpToolProse({ verb, tool }: Pick<SeenMcpTool, 'verb' | 'tool'>): string {
  const { name, title, description, parameters } = tool;
  const lines = new ArgumentLines(parameters).lines;
  const parts = [
    ...(title === undefined || title === name ? [] : [visible(title)]),
    ...(name === verb ? [] : [`(the server calls it ${name})`]),
    ...(description === '' ? [] : [visible(description)]),
    ...(lines.length === 0 ? [] : ['Arguments:', ...lines]),
  ];
  const text = parts.join('\n');
  return bounded(text, text.length, MAX_CHARACTERS);
}

/** A line for each argument of which something is said. */
class ArgumentLines {
  readonly lines: string[] = [];
  readonly #root: JsonSchema;
  readonly #seen = new Set<JsonValue>();

  constructor(root: JsonSchema) {
    this.#root = root;
    this.#below(root, '', 0);
  }

  #below(schema: JsonValue | undefined, path: string, depth: number): void {
    if (!isJsonObject(schema) || depth > MAX_DEPTH || this.#seen.has(schema)) return;
    this.#seen.add(schema);
    const { properties, items, additionalProperties, $ref } = schema;
    if (isJsonObject(properties)) {
      for (const [name, argument] of Object.entries(properties)) {
        const at = path === '' ? name : `${path}.${name}`;
        this.#say(argument, at);
        this.#below(argument, at, depth + 1);
      }
    }
    for (const one of [items, additionalProperties]) {
      if (path !== '' && one !== schema) this.#say(one, `${path}[]`);
      this.#below(one, path, depth + 1);
    }
    for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
      const list = schema[keyword];
      if (!Array.isArray(list)) continue;
      for (const one of list as readonly JsonValue[]) {
        if (path !== '') this.#say(one, path);
        this.#below(one, path, depth + 1);
      }
    }
    if (typeof $ref === 'string') this.#below(schemaAt(this.#root, $ref), path, depth + 1);
  }

  #say(schema: JsonValue | undefined, path: string): void {
    if (!isJsonObject(schema) || this.lines.length >= MAX_LINES) return;
    const target = typeof schema.$ref === 'string' ? schemaAt(this.#root, schema.$ref) : undefined;
    const said = { ...(isJsonObject(target) ? target : {}), ...schema } as JsonSchema;
    const notes = [
      ...['title', 'description'].map((key) => said[key]).filter((text) => typeof text === 'string' && text !== ''),
      ...('default' in said ? [`default ${brief(said.default)}`] : []),
      ...(Array.isArray(said.examples) ? [`such as ${(said.examples as readonly JsonValue[]).slice(0, 3).map(brief).join(', ')}`] : []),
    ];
    if (notes.length === 0) return;
    const line = oneLine(`- ${path}: ${notes.join('; ')}`).replace(/ {2,}/g, ' ');
    this.lines.push(line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1).toWellFormed()}…`);
  }
}

function brief(value: JsonValue | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length <= 60 ? text : `${text.slice(0, 59).toWellFormed()}…`;
}
