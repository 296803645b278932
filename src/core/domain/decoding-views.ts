import { type DecodedText, decodedPairs, decodedRuns } from './encoded-runs.js';
import { type MappedText, MappedTextBuilder } from './mapped-text.js';
import { rotated } from './rot13.js';
import { utf8Text } from './utf8-text.js';
import type { WordScan } from './word-scan.js';

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  Tab: ' ',
  NewLine: '\n',
  colon: ':',
  lbrack: '[',
  num: '#',
  commat: '@',
  shy: '',
  ZeroWidthSpace: '',
  zwj: '',
  zwnj: '',
};
const LETTER_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '/': '/', '\\': '\\' };

const ESCAPE =
  /(?:%[0-9a-f]{2})+|&#x[0-9a-f]{1,6};?|&#\d{1,7};?|&[a-z]{2,14};|(?:\\x[0-9a-f]{2})+|\\u\{[0-9a-f]{1,6}\}|\\u[0-9a-f]{4}|\\[nrt"'/\\]/gi;

function unescaped(escaped: string): string | undefined {
  if (escaped.startsWith('%') || escaped.startsWith('\\x') || escaped.startsWith('\\X')) {
    const bytes = (escaped.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16));
    return utf8Text(bytes) ?? String.fromCharCode(...bytes.slice(0, 10_000));
  }
  if (escaped.startsWith('&#')) {
    const hex = /^&#x/i.test(escaped);
    return fromCode(Number.parseInt(escaped.slice(hex ? 3 : 2), hex ? 16 : 10));
  }
  if (escaped.startsWith('&')) return NAMED[escaped.slice(1, -1)];
  if (/^\\u/i.test(escaped)) return fromCode(Number.parseInt(escaped.replace(/[\\u{}]/gi, ''), 16));
  return LETTER_ESCAPES[escaped.slice(1)];
}

function fromCode(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function mayHoldEscapes(text: string): boolean {
  return text.includes('%') || text.includes('\\') || text.includes('&');
}

/** How much of the text around an escape is looked at with it. */
const AROUND = 240;

/** The parts of a text that hold URL, HTML, `\\u`, `\\x` or JSON escapes, with these replaced; `undefined` when it has none. */
function withoutEscapes(source: MappedText): MappedText | undefined {
  const { text } = source;
  if (!mayHoldEscapes(text)) return undefined;
  const builder = new MappedTextBuilder();
  let copied = 0;
  let seen = false;
  for (const match of text.matchAll(ESCAPE)) {
    const plain = unescaped(match[0]);
    if (plain === undefined) continue;
    copyAround(builder, text, copied, match.index, seen);
    builder.add(plain, match.index);
    copied = match.index + match[0].length;
    seen = true;
  }
  if (!seen) return undefined;
  builder.add(text.slice(copied, copied + AROUND), copied);
  return builder.build(source);
}

/** Copies what lies between two escapes, without the middle when they are far apart. */
function copyAround(builder: MappedTextBuilder, text: string, from: number, to: number, afterEscape: boolean): void {
  if (to - from <= 2 * AROUND && afterEscape) {
    builder.add(text.slice(from, to), from);
    return;
  }
  if (afterEscape) builder.add(`${text.slice(from, from + AROUND)} . . . `, from);
  const start = Math.max(from, to - AROUND);
  builder.add(text.slice(start, to), start);
}

const ROTATED_ESCAPES = /%[2-7][n-s]|\\h[0-9n-s]{4}|\\k[0-9n-s]{2}|&#k/i;
const LONG_WORD = /[A-Za-z0-9]{16,}/g;
const MARKS = /[*_]{1,2}/g;
const BETWEEN_MARKS = /^[A-Za-z0-9+/=%&#;\\]{1,16}$/;
const MANY_MARKS = 6;

/** Whether emphasis marks are strewn through what may be an encoded text: many after each other with few characters between. */
function hasStrewnMarks(text: string): boolean {
  if (!text.includes('*') && !text.includes('_')) return false;
  let end = -1;
  let count = 0;
  for (const { index, 0: mark } of text.matchAll(MARKS)) {
    count = end >= 0 && index - end <= 16 && BETWEEN_MARKS.test(text.slice(end, index)) ? count + 1 : 0;
    if (count >= MANY_MARKS) return true;
    end = index + mark.length;
  }
  return false;
}

/** The texts that lie in a view in an encoded form: escapes, base64 and hex, as they are, in rot13, and with emphasis marks strewn in. */
export function decodings(view: MappedText, scan: Pick<WordScan, 'runs' | 'pairs'>): readonly DecodedText[] {
  const { text, origin } = view;
  const found: DecodedText[] = [];
  const add = (source: MappedText): void => {
    const plain = withoutEscapes(source);
    if (plain !== undefined) found.push({ how: 'escapes', view: plain });
  };
  add(view);
  found.push(...decodedRuns(view, scan.runs));
  if (scan.pairs) found.push(...decodedPairs(view));
  if (mayHoldEscapes(text) && ROTATED_ESCAPES.test(text)) add({ text: rotated(text), origin });
  if (hasStrewnMarks(text)) {
    const bare = { text: text.replace(/[*_]+/g, ''), origin };
    add(bare);
    if (ROTATED_ESCAPES.test(bare.text)) add({ text: rotated(bare.text), origin });
    found.push(
      ...decodedRuns(
        bare,
        Array.from(bare.text.matchAll(LONG_WORD), ({ index }) => index),
      ),
    );
  }
  return found;
}
