import type { Readable } from 'node:stream';

const QUIET_MS = 100;
const MAX_BYTES = 256 * 1024;

/**
 * Gives what comes on a stream in whole batches, since a secret must be seen whole to be taken out: one batch for all that comes within a
 * tenth of a second. Of a batch that is too long only its length is told.
 */
export function collectText(stream: Readable, take: (text: string) => void): void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (bytes > 0) take(bytes > MAX_BYTES ? `(${bytes} bytes at once: left out)` : Buffer.concat(pieces).toString('utf8'));
    pieces = [];
    bytes = 0;
  };
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= MAX_BYTES) pieces.push(piece);
    else pieces = [];
    timer ??= setTimeout(flush, QUIET_MS).unref();
  });
  stream.on('error', flush);
  stream.on('close', flush);
}
