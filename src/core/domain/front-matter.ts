/** One top-level entry of a front matter: a key with its raw lines, or lines without a key (comments, blank lines, what cannot be read). */
export interface FrontMatterEntry {
  readonly key?: string;
  /** The lines as they stand in the file, the key's own line first. */
  readonly lines: readonly string[];
}

/** A Markdown file taken apart. */
export interface FrontMatterParts {
  readonly entries: readonly FrontMatterEntry[];
  /** Everything below the front matter, without the one blank line that separates them. */
  readonly body: string;
}

const KEY_LINE = /^([A-Za-z_][\w.-]*)[ \t]*:(?:[ \t]|$)/;

/**
 * Takes the front matter off a Markdown text. A text that does not start with a `---` line, or whose front matter never ends, is all body.
 * A byte order mark is dropped; lines may end in CRLF.
 */
export function splitFrontMatter(source: string): FrontMatterParts {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source;
  const opening = /^---[ \t]*\r?\n/.exec(text);
  if (opening === null) return { entries: [], body: text };
  const closing = /^---[ \t]*(?:\r?\n|$)/gm;
  closing.lastIndex = opening[0].length;
  const end = closing.exec(text);
  if (end === null) return { entries: [], body: text };
  const block = text.slice(opening[0].length, end.index);
  const body = text.slice(end.index + end[0].length).replace(/^\r?\n/, '');
  return { entries: entriesOf(block), body };
}

/** Puts a front matter and a body together; the body comes back unchanged from {@link splitFrontMatter}. */
export function joinFrontMatter(entries: readonly FrontMatterEntry[], body: string): string {
  return ['---', ...entries.flatMap((entry) => entry.lines), '---', '', body].join('\n');
}

/** The text of a scalar entry: plain, quoted in either way, without a trailing comment; `undefined` for a missing key or a nested value. */
export function scalarOf(entries: readonly FrontMatterEntry[], key: string): string | undefined {
  const entry = entries.find((candidate) => candidate.key === key);
  if (entry === undefined || entry.lines.slice(1).some((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))) return undefined;
  const text = valueText(entry);
  return text === '' ? undefined : unquote(text);
}

/** The texts of a list entry: `[a, "b"]`, `- a` lines, or one scalar with commas; empty for a missing key. */
export function listOf(entries: readonly FrontMatterEntry[], key: string): readonly string[] {
  const entry = entries.find((candidate) => candidate.key === key);
  if (entry === undefined) return [];
  const value = valueText(entry);
  if (value === '') {
    const items = entry.lines.slice(1).map((line) => /^[ \t]*-[ \t]+(.*)$/.exec(line)?.[1]);
    return items.flatMap((item) => (item === undefined ? [] : [unquote(item.trim())])).filter((item) => item !== '');
  }
  const inner = value.startsWith('[')
    ? [value, ...entry.lines.slice(1)]
        .join(' ')
        .trim()
        .replace(/^\[|\]$/g, '')
    : value;
  return splitAtCommas(inner)
    .map((item) => unquote(item.trim()))
    .filter((item) => item !== '');
}

/** A text as a double-quoted scalar on one line; JSON's form, which YAML reads alike. */
export function quoteScalar(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function entriesOf(block: string): readonly FrontMatterEntry[] {
  const entries: { key?: string; lines: string[] }[] = [];
  const lines = block.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const key = KEY_LINE.exec(line)?.[1];
    const last = entries.at(-1);
    if (key !== undefined) entries.push({ key, lines: [line] });
    else if (last?.key !== undefined && /^(?:[ \t]|-[ \t]|-$|\]|\})/.test(line)) last.lines.push(line);
    else entries.push({ lines: [line] });
  }
  return entries;
}

function valueText(entry: FrontMatterEntry): string {
  const line = entry.lines[0] ?? '';
  const value = line.slice(line.indexOf(':') + 1).trim();
  if (value.startsWith('"') || value.startsWith("'")) {
    const length = quotedLength(value);
    return /^\s*(?:#|$)/.test(value.slice(length)) ? value.slice(0, length) : value;
  }
  return withoutComment(value);
}

/** A value up to a `#` at its start or after a space; one inside a quoted item of a list is part of the item. */
function withoutComment(value: string): string {
  let atItemStart = true;
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index] ?? '';
    if (atItemStart && (character === '"' || character === "'")) index += quotedLength(value.slice(index)) - 1;
    else if (character === '#' && /[ \t]|^$/.test(value[index - 1] ?? '')) return value.slice(0, index).trimEnd();
    atItemStart = character === '[' || character === ',' || (atItemStart && (character === ' ' || character === '\t'));
  }
  return value;
}

/** The length of the quoted text that a value starts with, quotes included; the whole value when it never ends. */
function quotedLength(value: string): number {
  const quote = value[0];
  for (let index = 1; index < value.length; index += 1) {
    if (value[index] === '\\' && quote === '"') index += 1;
    else if (value[index] === quote && quote === "'" && value[index + 1] === "'") index += 1;
    else if (value[index] === quote) return index + 1;
  }
  return value.length;
}

function unquote(text: string): string {
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

function splitAtCommas(text: string): readonly string[] {
  const items: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const atStart = text.slice(start, index).trim() === '';
    if (atStart && (text[index] === '"' || text[index] === "'")) index += quotedLength(text.slice(index)) - 1;
    else if (text[index] === ',') {
      items.push(text.slice(start, index));
      start = index + 1;
    }
  }
  items.push(text.slice(start));
  return items;
}
