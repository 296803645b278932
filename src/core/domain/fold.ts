import { HOMOGLYPHS } from './homoglyphs.js';
import { type MappedText, MappedTextBuilder } from './mapped-text.js';

const NON_ASCII = /[^\0-\x7f]/;
const DROPPED = /^[\p{M}\p{Cf}\u115f\u1160\u3164\uffa0]$/u;
const SPACE = /^[\p{Z}\u0085]$/u;
const ASCII_ONLY = /^[\0-\x7f]+$/;

/** Letters in boxes and circles that have no compatibility form: the first code point and how many letters follow it. */
const BOXED_LETTERS = [0x1f130, 0x1f150, 0x1f170, 0x1f1e6] as const;

/** Typographic marks and their plain forms. */
const MARKS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...'‘’‛ʼ′'].map((mark) => [mark, "'"] as const),
  ...[...'–—‐‑−'].map((mark) => [mark, '-'] as const),
]);

const folded = new Map<number, string>();

/** The ASCII look of a character (case kept), nothing for an invisible one, a space for any space, the character itself where it has no ASCII look. */
function foldCodePoint(code: number): string {
  const known = folded.get(code);
  if (known !== undefined) return known;
  const result = look(code);
  // Bounded, so that no text can make it grow.
  if (folded.size < 20_000) folded.set(code, result);
  return result;
}

function look(code: number): string {
  const double = HOMOGLYPHS.get(code);
  if (double !== undefined) return double;
  const boxed = BOXED_LETTERS.find((first) => code >= first && code < first + 26);
  if (boxed !== undefined) return String.fromCharCode(65 + code - boxed);
  const character = String.fromCodePoint(code);
  if (DROPPED.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  const mark = MARKS.get(character);
  if (mark !== undefined) return mark;
  const letters = character.normalize('NFKD').replace(/\p{M}/gu, '');
  if (ASCII_ONLY.test(letters)) return letters;
  const base = letters.length === 1 ? HOMOGLYPHS.get(letters.charCodeAt(0)) : undefined;
  return base ?? character;
}

/** Whether a character is left as it is without a look into the tables: ideographs, kana, Hangul. */
function isPlain(code: number): boolean {
  return (code >= 0x3041 && code <= 0x3163) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3);
}

/**
 * A text with compatibility forms (NFKC), accents, look-alike letters of other scripts and all kinds of spaces brought to ASCII, and without
 * invisible characters. Case, line breaks and ASCII stay. A text that is ASCII is given back itself.
 */
export function foldText(source: MappedText): MappedText {
  const { text } = source;
  if (!NON_ASCII.test(text)) return source;
  const builder = new MappedTextBuilder();
  let copied = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80 || isPlain(code)) continue;
    const start = index;
    if (code >= 0xd800 && code <= 0xdbff) {
      code = text.codePointAt(index) as number;
      if (code > 0xffff) index++;
    }
    if (copied < start) builder.add(text.slice(copied, start), copied);
    builder.add(foldCodePoint(code), start);
    copied = index + 1;
  }
  builder.add(text.slice(copied), copied);
  return builder.build(source);
}
