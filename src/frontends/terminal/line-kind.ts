/** What the start of a line says about it. */
export type LineKind =
  | { readonly kind: 'blank' | 'rule' | 'underline' | 'table' | 'code' }
  | { readonly kind: 'quote'; readonly rest: string }
  | { readonly kind: 'heading'; readonly level: number; readonly rest: string }
  | { readonly kind: 'item'; readonly marker: string; readonly width: number; readonly rest: string }
  | { readonly kind: 'fence'; readonly fence: string; readonly language: string }
  | { readonly kind: 'text'; readonly rest: string };

/** What matters around a line. */
export interface LineContext {
  /** How far the line's own text would have to be indented to be code. */
  readonly codeIndent: number;
  /** Whether a paragraph is open, which code cannot interrupt and `===` underlines. */
  readonly paragraph: boolean;
  /** Whether the line lies so deep that nothing more can be nested in it. */
  readonly nested: boolean;
}

/** No start of a line is longer; what is not decided by then is text. */
const MAX_HEAD = 200;

/**
 * What kind of line begins with `head` (leading white space included): `undefined` while more of it is needed. `whole` = the line has ended.
 * Rules in the spirit of CommonMark 0.31, decided as early as possible.
 */
export function lineKind(head: string, whole: boolean, context: LineContext): LineKind | undefined {
  const rest = head.trimStart();
  const text: LineKind = { kind: 'text', rest };
  if (rest === '') return whole ? { kind: 'blank' } : undefined;
  if (!context.paragraph && indentOf(head) >= context.codeIndent) return { kind: 'code' };
  if (head.length > MAX_HEAD) return text;
  const undecided = whole ? text : undefined;
  switch (rest[0]) {
    case '>':
      if (context.nested) return text;
      return rest.length > 1 || whole ? { kind: 'quote', rest: rest.replace(/^> ?/, '') } : undefined;
    case '#': {
      const match = /^(#{1,6})(?:[ \t]+(.*)|)$/.exec(rest);
      if (match === null) return text;
      if (match[2] === undefined || match[2] === '') return whole ? { kind: 'heading', level: match[1]?.length ?? 1, rest: '' } : undefined;
      return { kind: 'heading', level: match[1]?.length ?? 1, rest: match[2] };
    }
    case '-':
    case '*':
    case '+':
    case '_':
      return ruleOrItem(rest, whole, context) ?? undecided;
    case '=':
      if (!context.paragraph || !/^=+[ \t]*$/.test(rest)) return text;
      return whole ? { kind: 'underline' } : undefined;
    case '`':
    case '~':
      return fence(rest, whole);
    case '|':
      return { kind: 'table' };
    default:
      return /^\d/.test(rest) ? (item(rest, whole, /^(\d{1,9}[.)])(?:([ \t]+)(\S.*)?)?$/) ?? undecided) : text;
  }
}

/** The columns of white space before the text of a line. */
export function indentOf(head: string): number {
  let columns = 0;
  for (const character of head) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

function ruleOrItem(rest: string, whole: boolean, context: LineContext): LineKind | undefined {
  const mark = rest[0] ?? '';
  const only = [...rest].every((character) => character === mark || character === ' ' || character === '\t');
  if (only && mark !== '+') {
    if (!whole) return undefined;
    const count = rest.replace(/[ \t]/g, '').length;
    if (context.paragraph && mark === '-' && !rest.trimEnd().includes(' ') && count > 1) return { kind: 'underline' };
    if (count >= 3) return { kind: 'rule' };
  }
  return mark === '_' || context.nested ? { kind: 'text', rest } : item(rest, whole, /^([-*+])(?:([ \t]+)(\S.*)?)?$/);
}

function item(rest: string, whole: boolean, pattern: RegExp): LineKind | undefined {
  const match = pattern.exec(rest);
  if (match === null) return /^\d{1,9}$/.test(rest) && !whole ? undefined : { kind: 'text', rest };
  const [, marker = '', space = ' ', body] = match;
  if (body === undefined && !whole) return undefined;
  // More than four spaces belong to the text of the item.
  const width = marker.length + (space.length > 4 ? 1 : space.length);
  return { kind: 'item', marker, width, rest: body ?? '' };
}

function fence(rest: string, whole: boolean): LineKind | undefined {
  const match = /^(`{3,}|~{3,})(.*)$/.exec(rest);
  if (match === null) return /^(`{1,2}|~{1,2})$/.test(rest) && !whole ? undefined : { kind: 'text', rest };
  const [, mark = '', language = ''] = match;
  if (mark.startsWith('`') && language.includes('`')) return { kind: 'text', rest };
  return whole ? { kind: 'fence', fence: mark, language: language.trim() } : undefined;
}
