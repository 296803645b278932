import { isUtf8 } from 'node:buffer';

/** What bytes are: text in a character set, or something else in words. */
export type FileContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly charset: string /** How many of the bytes the text is made of: a character that the end cuts is left out. */;
      readonly used: number;
    }
  | { readonly kind: 'binary'; readonly description: string };

/** The beginnings by which files are known, in hex. */
const KNOWN: readonly (readonly [string, string])[] = [
  ['89504e470d0a1a0a', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['47494638', 'a GIF image'],
  ['25504446', 'a PDF document'],
  ['504b0304', 'a ZIP archive, or an Office or OpenDocument file'],
  ['d0cf11e0a1b11ae1', 'an old Office file'],
  ['1f8b', 'a gzip archive'],
  ['377abcaf271c', 'a 7z archive'],
  ['52617221', 'a RAR archive'],
  ['4f676753', 'an Ogg file'],
  ['494433', 'an MP3 file'],
  ['664c6143', 'a FLAC file'],
  ['7f454c46', 'a program (ELF)'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
];

/** The bytes from which on nothing can be text, but for what texts do hold: tab, line ends, form feed, escape. */
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/g;

/**
 * Tells what the first bytes of a file are. The character set is that of the byte order mark, else UTF-8 where it is valid, else the one that
 * the media type names, else Windows-1252.
 * @param more - Whether the file goes on, so that the last character may be cut.
 * @param first - Whether these bytes are the beginning of the file.
 */
export function readContent(bytes: Buffer, mediaType: string | undefined, more: boolean, first = true): FileContent {
  const known = first ? KNOWN.find(([start]) => bytes.subarray(0, start.length / 2).toString('hex') === start)?.[1] : undefined;
  if (known !== undefined) return { kind: 'binary', description: known };
  const begin = first ? 0 : cutStart(bytes);
  const { charset, used } = charsetOf(bytes.subarray(begin), mediaType, more);
  const text = new TextDecoder(charset).decode(bytes.subarray(begin, begin + used));
  const odd = text.match(CONTROL)?.length ?? 0;
  if (text.includes('\u0000') || odd > text.length / 100) return { kind: 'binary', description: 'a binary file' };
  return { kind: 'text', text, charset, used: begin + used };
}

function charsetOf(bytes: Buffer, mediaType: string | undefined, more: boolean): { readonly charset: string; readonly used: number } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { charset: 'utf-16le', used: bytes.length & ~1 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { charset: 'utf-16be', used: bytes.length & ~1 };
  const whole = more ? wholeUtf8(bytes) : bytes.length;
  if (isUtf8(bytes.subarray(0, whole))) return { charset: 'utf-8', used: whole };
  const named = /charset="?([\w.:-]+)/i.exec(mediaType ?? '')?.[1]?.toLowerCase();
  const charset = named !== undefined && named !== 'utf-8' && isCharset(named) ? named : 'windows-1252';
  return { charset, used: bytes.length };
}

/** How many bytes at the start belong to a character that began before. */
function cutStart(bytes: Buffer): number {
  const start = bytes.subarray(0, 4).findIndex((byte) => byte < 0x80 || byte >= 0xc0);
  return start > 0 && start < 4 ? start : 0;
}

/** How many bytes there are without the character that the end cuts. */
function wholeUtf8(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isCharset(label: string): boolean {
  try {
    return new TextDecoder(label) !== undefined;
  } catch {
    return false;
  }
}
