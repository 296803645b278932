import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { nearestWord } from './nearest-word.js';

/** Something wrong in the settings of MCP servers. */
export interface McpSettingsFault {
  /** The keys that lead to it, below `mcp.servers`. */
  readonly path: readonly string[];
  /** What is expected; never the value, which may be a secret. */
  readonly sentence: string;
}

/** What a text of the settings must be. */
export interface McpTextRule {
  readonly form: string;
  readonly fits: (text: string) => boolean;
}

/** Reads the members of one block; whatever is wrong becomes a fault with its path, and reading goes on. `null` stands for nothing said. */
export class McpSettingsReader {
  readonly #block: JsonObject;
  readonly #path: readonly string[];
  readonly #faults: McpSettingsFault[];

  /** `known`: the keys that the block may have. */
  constructor(value: unknown, path: readonly string[], faults: McpSettingsFault[], known?: readonly string[]) {
    this.#block = isJsonObject(value) ? value : {};
    this.#path = path;
    this.#faults = faults;
    if (!isJsonObject(value)) this.fault([], `expected a block of settings, found ${kind(value)}`);
    if (known === undefined) return;
    for (const key of Object.keys(this.#block)) if (!known.includes(key)) this.fault([key], unknownKey([...path, key], known));
  }

  fault(below: readonly string[], sentence: string): void {
    this.#faults.push({ path: [...this.#path, ...below], sentence });
  }

  /** The member as it is; nothing for `null`. */
  raw(key: string): JsonValue | undefined {
    return Object.hasOwn(this.#block, key) ? (this.#block[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  text(key: string, rule: McpTextRule): string | undefined {
    return this.#checked([key], this.raw(key), rule);
  }

  /** One of a few words. */
  choice<T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.raw(key);
    const found = words.find((word) => word === value);
    if (found === undefined && value !== undefined) {
      const near = typeof value === 'string' ? nearestWord(value, words) : undefined;
      const meant = near === undefined ? `found ${kind(value)}` : `did you mean ${near}?`;
      this.fault([key], `expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, ${meant}`);
    }
    return found;
  }

  /** A list of at most `most` texts; nothing said is an empty one. */
  texts(key: string, most: number, rule: McpTextRule): readonly string[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.fault([key], `expected a list, found ${kind(value)}`);
      return [];
    }
    if (value.length > most) this.fault([key], `has ${value.length} items; at most ${most} are allowed`);
    return value.slice(0, most).flatMap((item: JsonValue, index) => this.#checked([key, String(index)], item ?? '', rule) ?? []);
  }

  /** The members of a block below; nothing said is an empty one. */
  members(key: string, most: number): readonly (readonly [name: string, value: JsonValue])[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!isJsonObject(value)) {
      this.fault([key], `expected a block of names and values, found ${kind(value)}`);
      return [];
    }
    const entries = Object.entries(value);
    if (entries.length > most) this.fault([key], `has ${entries.length} names; at most ${most} are allowed`);
    return entries.slice(0, most);
  }

  #checked(below: readonly string[], value: JsonValue | undefined, { form, fits }: McpTextRule): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && fits(value)) return value;
    const quotes = typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : '';
    this.fault(below, `expected ${form}, found ${typeof value === 'string' && value !== '' ? 'another text' : kind(value)}${quotes}`);
    return undefined;
  }
}

/** A value's kind in words. */
export function kind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  return typeof value === 'number' ? `the number ${value}` : `${typeof value === 'boolean' ? value : typeof value}`;
}

function unknownKey(path: readonly string[], known: readonly string[]): string {
  const near = nearestWord(path.at(-1) ?? '', known);
  return near === undefined
    ? `is unknown; known here are ${known.join(', ')}`
    : `is unknown; did you mean ${['mcp', 'servers', ...path.slice(0, -1), near].join('.')}?`;
}
