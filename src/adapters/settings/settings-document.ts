import { type Document, isCollection, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { Settings } from '../../core/domain/settings.js';
import { kindOf, type SettingsFault } from './hydrate.js';
import { invalidFile } from './invalid-file.js';
import { readSettings } from './settings-schema.js';

const HINT = 'mend it with: pyra config edit';
const MAX_FAULTS = 10;
const FIRST_COMMENT = ' The settings of Pyra: see `pyra help config`. Comments and order stay when Pyra changes a value.';

/** The settings as they may be stored, all defaults filled in; throws `settings/invalid` for values that do not fit. */
export function checkedSettings(settings: Settings): Settings {
  const reading = readSettings(JSON.parse(JSON.stringify(settings)) as JsonObject);
  if (reading.ok) return reading.settings;
  throw new PyraError('settings/invalid', `the settings are wrong: ${reading.faults.map(named).join('; ')}`);
}

/** The text of `config.yaml` with its comments, and what it says. */
export class SettingsDocument {
  readonly settings: Settings;
  readonly #document: Document;

  /** Throws `settings/invalid` that names every fault with its line. */
  constructor(text: string) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' });
    const [error] = document.errors;
    if (error !== undefined) {
      throw invalid([`line ${lines.linePos(error.pos[0]).line}: ${sentenceOf(error.message)}`], error);
    }
    const reading = readSettings(contentOf(document));
    if (!reading.ok) {
      throw invalid(inOrder(reading.faults.map((fault) => ({ fault, line: lineOf(document, lines, fault.path) }))));
    }
    this.#document = document;
    this.settings = reading.settings;
  }

  /** The text with the values changed that differ between two settings, and nothing else. */
  textWith(before: Settings, after: Settings): string {
    if (this.#document.contents === null) this.#document.commentBefore ??= FIRST_COMMENT;
    this.#change([], before as unknown as JsonObject, after as unknown as JsonObject);
    return this.#document.toString({ lineWidth: 0 });
  }

  #change(path: readonly string[], before: JsonObject, after: JsonObject): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [was, is] = [before[key], after[key]];
      const at = [...path, key];
      if (is === undefined) this.#document.deleteIn(at);
      else if (isJsonObject(was) && isJsonObject(is)) this.#change(at, was, is);
      else if (JSON.stringify(was) !== JSON.stringify(is)) this.#set(at, is);
    }
  }

  #set(path: readonly string[], value: JsonValue): void {
    for (let length = 0; length < path.length; length += 1) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isMap(node)) continue;
      // A block that is written down without anything in it.
      if (length === 0) this.#document.contents = this.#document.createNode({});
      else this.#document.setIn(path.slice(0, length), this.#document.createNode({}));
    }
    this.#document.setIn(path, isJsonObject(value) || Array.isArray(value) ? this.#document.createNode(value) : value);
  }
}

function contentOf(document: Document): JsonObject {
  let content: JsonValue;
  try {
    content = document.toJS({ maxAliasCount: 100 }) as JsonValue;
  } catch (error) {
    if (error instanceof ReferenceError) throw invalid(['has an alias that names nothing, or too many of them'], error);
    throw error;
  }
  if (content === null || content === undefined) return {};
  if (isCyclic(content)) throw invalid(['has an alias inside of what it names']);
  if (!isJsonObject(content)) throw invalid([`expected names and values, found ${kindOf(content)}`]);
  return content;
}

/** Whether a value holds itself, as an alias inside its own anchor makes it. */
function isCyclic(value: unknown, holders: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return holders.includes(value) || Object.values(value).some((item) => isCyclic(item, [...holders, value]));
}

function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => isNode(item.key) && String(item.key) === key) : undefined;
    const node = pair?.key ?? (isCollection(parent) ? parent.get(Number(key), true) : undefined);
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

function inOrder(faults: readonly { readonly fault: SettingsFault; readonly line: number }[]): readonly string[] {
  return faults.toSorted((left, right) => left.line - right.line).map(({ fault, line }) => `line ${line}: ${named(fault)}`);
}

function named({ path, sentence }: SettingsFault): string {
  return sentence.startsWith('is ') ? `${path.join('.')} ${sentence}` : `${path.join('.')}: ${sentence}`;
}

function invalid(sentences: readonly string[], cause?: unknown): PyraError {
  const shown = sentences.slice(0, MAX_FAULTS);
  if (sentences.length > MAX_FAULTS) shown.push(`and ${sentences.length - MAX_FAULTS} more`);
  return invalidFile(shown.length === 1 ? `${shown[0]}` : shown.join('; '), HINT, cause);
}

/** The parser's messages begin in upper case. */
function sentenceOf(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\s+/g, ' ');
}
