// The text form of an age X25519 identity is Bech32 (BIP 173) with the prefix `AGE-SECRET-KEY-`, in capitals. It is read and written as
// bytes here, because a JavaScript string that once held a key cannot be wiped.

const PREFIX = Buffer.from('age-secret-key-');
const ALPHABET = Buffer.from('qpzry9x8gf2tvdw0s3jn54khce6mua7l');
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const SCALAR_BYTES = 32;
const WORDS = 52;
const CHECKSUM_WORDS = 6;

/** How many bytes an identity's text has. */
export const IDENTITY_TEXT_BYTES = PREFIX.length + 1 + WORDS + CHECKSUM_WORDS;

/** Writes a 32-byte X25519 scalar as `AGE-SECRET-KEY-1…`, as bytes that the caller can wipe. */
export function encodeIdentity(scalar: Uint8Array): Buffer {
  if (scalar.length !== SCALAR_BYTES) throw new RangeError('an X25519 scalar has 32 bytes');
  const words: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of scalar) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) words.push((value >> (bits - 5)) & 31);
  }
  words.push((value << (5 - bits)) & 31);
  const check = checksum([...words, ...new Array<number>(CHECKSUM_WORDS).fill(0)]) ^ 1;
  for (let index = 0; index < CHECKSUM_WORDS; index += 1) words.push((check >> (5 * (CHECKSUM_WORDS - 1 - index))) & 31);
  const text = Buffer.alloc(IDENTITY_TEXT_BYTES);
  PREFIX.copy(text);
  text[PREFIX.length] = 0x31;
  for (const [index, word] of words.entries()) text[PREFIX.length + 1 + index] = ALPHABET[word] as number;
  for (const [index, byte] of text.entries()) if (byte >= 0x61 && byte <= 0x7a) text[index] = byte - 0x20;
  return text;
}

/** Reads `AGE-SECRET-KEY-1…` back to the 32-byte scalar; `undefined` for anything else. */
export function decodeIdentity(text: Uint8Array): Uint8Array | undefined {
  if (text.length !== IDENTITY_TEXT_BYTES) return undefined;
  const words: number[] = [];
  for (const [index, byte] of text.entries()) {
    if (byte >= 0x61 && byte <= 0x7a) return undefined;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (index < PREFIX.length) {
      if (lower !== PREFIX[index]) return undefined;
    } else if (index === PREFIX.length) {
      if (lower !== 0x31) return undefined;
    } else {
      const word = ALPHABET.indexOf(lower);
      if (word < 0) return undefined;
      words.push(word);
    }
  }
  if (checksum(words) !== 1) return undefined;
  const scalar = new Uint8Array(SCALAR_BYTES);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const word of words.slice(0, WORDS)) {
    value = ((value << 5) | word) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    scalar[at] = value >> bits;
    at += 1;
  }
  return (value & ((1 << bits) - 1)) === 0 ? scalar : undefined;
}

function checksum(words: readonly number[]): number {
  const expanded = [...[...PREFIX].map((byte) => byte >> 5), 0, ...[...PREFIX].map((byte) => byte & 31), ...words];
  let value = 1;
  for (const word of expanded) {
    const top = value >> 25;
    value = ((value & 0x1ffffff) << 5) ^ word;
    for (const [bit, generator] of GENERATOR.entries()) if ((top >> bit) & 1) value ^= generator;
  }
  return value;
}
