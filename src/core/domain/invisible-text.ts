/** One place with invisible text. */
export interface InvisibleText {
  readonly kind: 'zero-width' | 'bidi' | 'tag';
  readonly offset: number;
}

const NOT_ASCII = /[^\0-\x7f]/;
/** Fillers, joiners, marks of direction, tags, variation selectors (Unicode's own property). */
const INVISIBLE_RUN = /\p{Default_Ignorable_Code_Point}+/gu;
const BIDI = /[\u061c\u202a-\u202e\u2066-\u2069]/;
const TAG = /[\u{e0000}-\u{e007f}]/u;
const SELECTOR = /^(?:[\u{fe00}-\u{fe0f}]|[\u{e0100}-\u{e01ef}])$/u;
/** Scripts that are written with joiners and marks of direction. */
const JOINED = /[\u0590-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af]/;
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}/u;
const BLACK_FLAG = '\u{1f3f4}';
/** So many variation selectors after each other carry data. */
const SELECTORS = 3;

/**
 * The first place of each kind of invisible characters that have no honest reason to be there. Joiners in emoji and in scripts that need
 * them, one variation selector, a byte order mark at the start and the flags of regions have one.
 */
export function findInvisibleText(text: string): readonly InvisibleText[] {
  if (!NOT_ASCII.test(text)) return [];
  const found = new Map<InvisibleText['kind'], InvisibleText>();
  for (const match of text.matchAll(INVISIBLE_RUN)) {
    const offset = match.index;
    const run = match[0];
    const kind = BIDI.test(run) ? 'bidi' : TAG.test(run) ? 'tag' : 'zero-width';
    if (!found.has(kind) && !isHonest(text, offset, run, kind)) found.set(kind, { kind, offset });
    if (found.size === 3) break;
  }
  return [...found.values()];
}

function isHonest(text: string, offset: number, run: string, kind: InvisibleText['kind']): boolean {
  if (kind === 'bidi') return false;
  if (kind === 'tag') return run.length <= 16 && text.startsWith(BLACK_FLAG, offset - BLACK_FLAG.length);
  if (run === '\ufeff') return offset === 0;
  const characters = [...run];
  const others = characters.filter((character) => !SELECTOR.test(character));
  if (others.length === 0) return characters.length < SELECTORS;
  if (others.length > 1) return false;
  const before = text.slice(Math.max(0, offset - 2), offset);
  const after = text.slice(offset + run.length, offset + run.length + 2);
  if (others[0] === '\u200d' && EMOJI.test(before)) return true;
  return '\u200c\u200d\u200e\u200f'.includes(others[0] as string) && (JOINED.test(before) || JOINED.test(after));
}

/** What the tag characters of a text say: they are a hidden copy of ASCII. */
export function tagText(text: string): string {
  if (!text.includes('\udb40')) return '';
  let hidden = '';
  for (const match of text.matchAll(/\udb40([\udc20-\udc7e])/g)) hidden += String.fromCharCode((match[1] as string).charCodeAt(0) - 0xdc00);
  return hidden;
}
