import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { nearestWord } from './nearest-word.js';

/** What a text of a manifest must be. */
export interface TextRule {
  /** In characters. */
  readonly most: number;
  readonly least?: number;
  /** Whether it may have several lines. */
  readonly lines?: boolean;
  readonly pattern?: RegExp;
  /** What `pattern` asks for, in words behind "must be". */
  readonly form?: string;
}

/**
 * Reads the members of one object of a manifest. Whatever is wrong becomes a sentence with its place, and reading goes on with something
 * harmless, so that every fault is found at once.
 */
export class ManifestReader {
  readonly #object: JsonObject;
  readonly #place: string;
  readonly #faults: string[];

  /** `place`: where the object stands, such as `tools.0`; empty for the manifest itself. `known`: the keys that it may have. */
  constructor(value: JsonValue | undefined, place: string, faults: string[], known: readonly string[]) {
    this.#object = isJsonObject(value) ? value : {};
    this.#place = place;
    this.#faults = faults;
    if (!isJsonObject(value)) {
      this.fault('', `must be an object with ${known.join(', ')}`);
      return;
    }
    for (const key of Object.keys(value)) if (!known.includes(key)) this.fault(key.slice(0, 60), unknown(key, known));
  }

  /** The member as it is. */
  raw(key: string): JsonValue | undefined {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** Says that something is wrong with a member, or with the object itself for an empty key. */
  fault(key: string, sentence: string): void {
    this.#faults.push(`${[this.#place, key].filter((part) => part !== '').join('.') || 'the manifest'}: ${sentence}`);
  }

  /** The place of a member, for what lies below it. */
  at(key: string): string {
    return this.#place === '' ? key : `${this.#place}.${key}`;
  }

  /** A text that must be there. */
  text(key: string, rule: TextRule): string {
    if (this.has(key)) return this.optionalText(key, rule) ?? '';
    this.fault(key, `is missing; it must be ${wanted(rule)}`);
    return '';
  }

  /** A text that may be absent. */
  optionalText(key: string, rule: TextRule): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (isText(value, rule)) return value;
    this.fault(key, `must be ${wanted(rule)}`);
    return undefined;
  }

  /** One of a few words; `otherwise` where it is absent, a fault without that. */
  choice<T extends string>(key: string, words: readonly T[], otherwise?: T): T {
    const value = this.raw(key);
    if (value === undefined && otherwise !== undefined) return otherwise;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    this.fault(key, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
    return otherwise ?? (words[0] as T);
  }

  flag(key: string): boolean {
    const value = this.raw(key);
    if (typeof value === 'boolean' || value === undefined) return value === true;
    this.fault(key, 'must be true or false');
    return false;
  }

  /** A whole number within bounds that may be absent. */
  count(key: string, least: number, most: number): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    this.fault(key, `must be a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** A list of at most `most` things; an absent one is empty. */
  list(key: string, most: number): readonly JsonValue[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.fault(key, 'must be a list');
      return [];
    }
    if (value.length > most) this.fault(key, `has ${value.length} items; at most ${most} are allowed`);
    return value.slice(0, most);
  }

  /** A list of texts, each of them once. */
  texts(key: string, most: number, rule: TextRule): readonly string[] {
    const found: string[] = [];
    for (const [index, item] of this.list(key, most).entries()) {
      if (!isText(item, rule)) this.fault(`${key}.${index}`, `must be ${wanted(rule)}`);
      else if (found.includes(item)) this.fault(`${key}.${index}`, `${JSON.stringify(item)} is there twice`);
      else found.push(item);
    }
    return found;
  }
}

function isText(value: JsonValue, { most, least = 1, lines = false, pattern }: TextRule): value is string {
  if (typeof value !== 'string' || value.length < least || value.length > most) return false;
  // With many spaces in a row a text could put its words to where a line of ours would begin.
  if (!lines && (/[\n\t]/.test(value) || /[\s\u2800]{3}/u.test(value))) return false;
  return pattern === undefined || pattern.test(value);
}

function wanted({ most, lines = false, form }: TextRule): string {
  return form ?? `a text${lines ? '' : ' on one line, without rows of spaces,'} of at most ${most.toLocaleString('en')} characters`;
}

function unknown(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return near === undefined ? `is unknown; known here are ${known.join(', ')}` : `is unknown; did you mean ${near}?`;
}
