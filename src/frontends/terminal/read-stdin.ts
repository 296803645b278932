import { MAX_INPUT_BYTES } from './attachments.js';
import type { InputStream } from './command.js';

const QUIET_MS = 2_000;

/** What was read, and whether there was more than the limit. */
export interface StandardInput {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

/**
 * Reads stdin to its end, at most {@link MAX_INPUT_BYTES}.
 * @param onQuiet called once when nothing came for two seconds, so that the person learns what is waited for
 */
export async function readStdin(stdin: InputStream, onQuiet: () => void): Promise<StandardInput> {
  const timer = setTimeout(onQuiet, QUIET_MS);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stdin) {
      clearTimeout(timer);
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      const room = MAX_INPUT_BYTES - size;
      chunks.push(bytes.subarray(0, room));
      size += Math.min(bytes.length, room);
      if (bytes.length > room) return { bytes: wholeCharacters(Buffer.concat(chunks)), cut: true };
    }
    return { bytes: Buffer.concat(chunks), cut: false };
  } finally {
    clearTimeout(timer);
  }
}

/** Without the last character if the cut went through it. */
function wholeCharacters(bytes: Buffer): Buffer {
  const start = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const lead = bytes[start] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}
