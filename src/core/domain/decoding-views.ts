import { type MappedText, MappedTextBuilder } from './mapped-text.js';
import { utf8Text } from './utf8-text.js';

/** A text that was hidden in another one by an encoding. */
export interface DecodedText {
  readonly view: MappedText;
  readonly how: 'escapes' | 'base64' | 'hex';
}

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

/** Whether a text may hold escapes; a cheap look. */
function mayHoldEscapes(text: string): boolean {
  return text.includes('%') || text.includes('\\') || text.includes('&');
}

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

/** The text with URL, HTML, `\u`, `\x` and JSON escapes replaced; `undefined` when it has none. */
export function withoutEscapes(source: MappedText): MappedText | undefined {
  const { text } = source;
  if (!mayHoldEscapes(text)) return undefined;
  const builder = new MappedTextBuilder();
  let copied = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const plain = unescaped(match[0]);
    if (plain === undefined) continue;
    builder.add(text.slice(copied, match.index), copied);
    builder.add(plain, match.index);
    copied = match.index + match[0].length;
  }
  if (copied === 0) return undefined;
  builder.add(text.slice(copied), copied);
  return builder.build(source);
}

const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*/g;
const HEX_RUN = /(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,;-]{0,2}){12,}/gi;
/** How many characters are tried before a whole run is decoded. */
const SAMPLE = 32;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUE = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value++) BASE64_VALUE[BASE64.charCodeAt(value)] = value;
BASE64_VALUE['-'.charCodeAt(0)] = 62;
BASE64_VALUE['_'.charCodeAt(0)] = 63;

function base64Bytes(text: string, start: number, end: number): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let index = start; index < end; index++) {
    const value = BASE64_VALUE[text.charCodeAt(index)] ?? -1;
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  return bytes;
}

/** Whether bytes can be a text: no control characters but white space. */
function looksLikeText(bytes: readonly number[]): boolean {
  let letters = 0;
  for (const byte of bytes) {
    if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127) return false;
    if (byte >= 32) letters++;
  }
  return letters >= 8;
}

function textOf(bytes: readonly number[]): string | undefined {
  if (bytes.length > 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0) {
    const narrow = bytes.filter((_, index) => index % 2 === 0);
    return looksLikeText(narrow) ? String.fromCharCode(...narrow.slice(0, 10_000)) : undefined;
  }
  if (!looksLikeText(bytes.slice(0, SAMPLE))) return undefined;
  for (const cut of [0, 1, 2, 3]) {
    const text = utf8Text(cut === 0 ? bytes : bytes.slice(0, -cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The texts that runs of base64 (RFC 4648, both alphabets, wrapped or not) and of hex digits hide. */
export function decodedRuns(source: MappedText): readonly DecodedText[] {
  const found: DecodedText[] = [];
  const add = (how: 'base64' | 'hex', text: string, offset: number): void => {
    const at = source.origin(offset);
    found.push({ how, view: { text, origin: () => at } });
  };
  for (const match of source.text.matchAll(BASE64_RUN)) {
    const run = match[0];
    for (let skip = 0; skip < 4; skip++) {
      if (!mayBeText(base64Bytes(run, skip, skip + SAMPLE))) continue;
      const text = textOf(base64Bytes(run, skip, run.length));
      if (text === undefined) continue;
      add('base64', text, match.index);
      break;
    }
  }
  for (const match of source.text.matchAll(HEX_RUN)) {
    const pairs = match[0].replace(/0x|\\x/gi, '').match(/[0-9a-f]{2}/gi) ?? [];
    const text = textOf(pairs.map((pair) => Number.parseInt(pair, 16)));
    if (text !== undefined) add('hex', text, match.index);
  }
  return found;
}

function mayBeText(sample: readonly number[]): boolean {
  return looksLikeText(sample) || (sample[1] === 0 && sample[3] === 0);
}
