import type { MappedText } from './mapped-text.js';
import { rotatedUnit } from './rot13.js';
import { utf8Text } from './utf8-text.js';

/** A text that was hidden in another one by an encoding. */
export interface DecodedText {
  readonly view: MappedText;
  readonly how: 'escapes' | 'base64' | 'hex';
}

/** The last line of a wrapped run may be short, but not shorter. */
const SHORTEST_LINE = 4;
const HEX_RUN = /(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,;-]{0,2}){12,}/gi;
const HEX_ONLY = /^[0-9a-f]{24,}/i;
const ROTATED_HEX_ONLY = /^[0-9n-s]{24,}/i;
/** How many bytes must be text before a whole run is decoded. */
const SAMPLE = 18;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUE = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value++) BASE64_VALUE[BASE64.charCodeAt(value)] = value;
BASE64_VALUE['-'.charCodeAt(0)] = 62;
BASE64_VALUE['_'.charCodeAt(0)] = 63;

const same = (unit: number): number => unit;

/** Whether a byte stands in no text: a control character that is not white space. */
function isControl(byte: number): boolean {
  return (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127;
}

/**
 * Decodes base64 (RFC 4648, both alphabets) from a place on; `undefined` as soon as a byte shows that it is not text. `turn` maps each code
 * unit first. `least` bytes must come of it. Bytes that are every second one zero (UTF-16) are taken without the zeros.
 */
function base64Text(text: string, start: number, turn: (unit: number) => number): string | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  let zeros = 0;
  for (let index = start; index < text.length; index++) {
    const value = BASE64_VALUE[turn(text.charCodeAt(index))] ?? -1;
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const byte = (held >> bits) & 255;
    if (byte === 0 && zeros * 2 + 1 === bytes.length + zeros) zeros++;
    else if (isControl(byte)) {
      // A wrong byte after a good beginning ends the text: other characters may follow the encoded ones.
      if (bytes.length < SAMPLE) return undefined;
      break;
    } else bytes.push(byte);
  }
  return textOf(bytes);
}

function hexText(pairs: readonly string[]): string | undefined {
  const bytes: number[] = [];
  for (const pair of pairs) {
    const byte = Number.parseInt(pair, 16);
    if (isControl(byte)) return undefined;
    bytes.push(byte);
  }
  return textOf(bytes);
}

function textOf(bytes: readonly number[]): string | undefined {
  if (bytes.length < 8) return undefined;
  for (const cut of [0, 1, 2, 3]) {
    const text = utf8Text(cut === 0 ? bytes : bytes.slice(0, -cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

function pairsOf(digits: string, turn: (unit: number) => number): readonly string[] {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < digits.length; index += 2) {
    pairs.push(String.fromCharCode(turn(digits.charCodeAt(index)), turn(digits.charCodeAt(index + 1))));
  }
  return pairs;
}

/** Where the run of base64 characters ends that a place is in; line breaks inside are part of it. */
function endOfRun(text: string, start: number): number {
  let end = start;
  for (;;) {
    while (isBase64(text, end)) end++;
    const next = text[end] === '\n' ? end + 1 : text.startsWith('\r\n', end) ? end + 2 : text.length;
    let line = next;
    while (line < next + SHORTEST_LINE && isBase64(text, line)) line++;
    if (line < next + SHORTEST_LINE) return end;
    end = line;
  }
}

function isBase64(text: string, index: number): boolean {
  return (BASE64_VALUE[text.charCodeAt(index)] ?? -1) >= 0;
}

/** The texts that runs of base64 (wrapped or not, also in rot13) and of hex digits hide. `places`: where long words begin, in order. */
export function decodedRuns(source: MappedText, places: readonly number[]): readonly DecodedText[] {
  const { text } = source;
  const found: DecodedText[] = [];
  let before = 0;
  for (const place of places) {
    if (place < before) continue;
    let start = place;
    while (start > before && isBase64(text, start - 1)) start--;
    before = endOfRun(text, place);
    const decoded = decodedRun(text.slice(start, before));
    if (decoded === undefined) continue;
    const at = source.origin(start);
    found.push({ how: decoded.how, view: { text: decoded.text, origin: () => at } });
  }
  return found;
}

function decodedRun(run: string): { readonly how: DecodedText['how']; readonly text: string } | undefined {
  const hex = HEX_ONLY.exec(run);
  const plainHex = hex === null ? undefined : hexText(pairsOf(hex[0], same));
  if (plainHex !== undefined) return { how: 'hex', text: plainHex };
  const rotatedHex = ROTATED_HEX_ONLY.exec(run);
  const turnedHex = rotatedHex === null ? undefined : hexText(pairsOf(rotatedHex[0], rotatedUnit));
  if (turnedHex !== undefined) return { how: 'hex', text: turnedHex };
  for (let skip = 0; skip < 4; skip++) {
    const text = base64Text(run, skip, same) ?? base64Text(run, skip, rotatedUnit);
    if (text !== undefined) return { how: 'base64', text };
  }
  return undefined;
}

/** The texts that hex digits hide which are written in pairs. */
export function decodedPairs(source: MappedText): readonly DecodedText[] {
  const found: DecodedText[] = [];
  for (const match of source.text.matchAll(HEX_RUN)) {
    const text = hexText(match[0].replace(/0x|\\x/gi, '').match(/[0-9a-f]{2}/gi) ?? []);
    if (text === undefined) continue;
    const at = source.origin(match.index);
    found.push({ how: 'hex', view: { text, origin: () => at } });
  }
  return found;
}
