import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const LF = 0x0a;
const FIRST_PIECE_BYTES = 8 * 1_024;

/**
 * The end of a file from the start of one of its last lines on: at least `lines` line feeds lie between that start and the file's end,
 * unless it begins before. Reads no more of the file than about twice that.
 */
export async function readTail(
  file: FileHandle,
  size: number,
  lines: number,
): Promise<{ readonly bytes: Buffer; readonly offset: number }> {
  for (let length = Math.min(size, FIRST_PIECE_BYTES); ; length = Math.min(size, length * 4)) {
    const bytes = Buffer.alloc(length);
    for (let read = 0; read < length; ) {
      // A few kilobytes that were just written: no other thread is faster.
      const bytesRead = readSync(file.fd, bytes, read, length - read, size - length + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    const start = startOfLines(bytes, lines);
    if (start !== undefined) return { bytes: bytes.subarray(start), offset: size - length + start };
    if (length === size) return { bytes, offset: 0 };
  }
}

/** Where the last `lines` terminated lines begin, counted back from the end; an unterminated one at the end comes on top. */
function startOfLines(bytes: Buffer, lines: number): number | undefined {
  let at = bytes.length;
  for (let seen = 0; seen <= lines; seen += 1) {
    if (at === 0) return undefined;
    at = bytes.lastIndexOf(LF, at - 1);
    if (at < 0) return undefined;
  }
  return at + 1;
}
