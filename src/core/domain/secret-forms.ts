import { utf8Bytes } from './utf8.js';

/** One way in which a secret can be written in a text. */
export interface SecretForm {
  readonly text: string;
  /** Base64 whose first and last character may carry a few bits of the secret besides those of its neighbours. */
  readonly blurredEdges: boolean;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** A line of a secret of several lines is looked for alone from this many characters on. */
const LONE_LINE = 24;

/**
 * The base64 characters (RFC 4648) that depend on `bytes` alone when they stand `shift` bytes (0, 1 or 2) after the start of a group of
 * three: what is the same whatever stands before and after them.
 */
function base64Core(bytes: Uint8Array, shift: number): string {
  const bit = (index: number): number => ((bytes[(index >> 3) - shift] ?? 0) >> (7 - (index & 7))) & 1;
  let text = '';
  for (let character = Math.ceil((8 * shift) / 6); 6 * (character + 1) <= 8 * (shift + bytes.length); character++) {
    let value = 0;
    for (let index = 0; index < 6; index++) value = (value << 1) | bit(6 * character + index);
    text += BASE64[value];
  }
  return text;
}

function percent(bytes: Uint8Array, keep: RegExp): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += byte < 0x80 && keep.test(character) ? character : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return text;
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Every form of a secret that redaction looks for: as it is, base64 and base64url at all three offsets, hex, URL-encoded (strict, lenient,
 * whole, as a form field), JSON-escaped once and twice, with `\u` escapes, HTML-escaped, reversed; and its long lines alone.
 */
export function secretForms(value: string): readonly SecretForm[] {
  const bytes = utf8Bytes(value);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const json = JSON.stringify(value).slice(1, -1);
  const strict = percent(bytes, /[A-Za-z0-9\-_.~]/);
  const plain = [
    value,
    [...value].reverse().join(''),
    hex.join(''),
    hex.join('').toUpperCase(),
    hex.join(' '),
    hex.join(':'),
    hex.map((pair) => `\\x${pair}`).join(''),
    strict,
    percent(bytes, /[A-Za-z0-9\-_.~!*'()]/),
    percent(bytes, /[A-Za-z0-9\-_.~!*'();/?:@&=+$,#]/),
    percent(bytes, /[A-Za-z0-9\-_.*]/).replaceAll('%20', '+'),
    `%${hex.join('%').toUpperCase()}`,
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    value.replace(/[&<>"']/g, (character) => HTML[character] as string),
    value.replaceAll('\n', '\r\n'),
    ...value.split(/\r?\n/).filter((line) => line.length >= LONE_LINE && line !== value),
  ];
  const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
  const base64 = [0, 1, 2].map((shift) => base64Core(bytes, shift));
  const forms = new Map<string, SecretForm>();
  for (const text of [...plain, ...plain.map(lower)]) forms.set(text, { text, blurredEdges: false });
  for (const text of base64.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')])) {
    if (!forms.has(text)) forms.set(text, { text, blurredEdges: true });
  }
  return [...forms.values()];
}
