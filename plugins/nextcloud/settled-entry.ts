import { setTimeout as wait } from 'node:timers/promises';
import { isWeak } from './etag.js';
import type { FileEntry } from './file-entry.js';
import type { FileServer } from './file-server.js';

/** How long a server may take until its ETag is strong, in milliseconds: Apache gives a weak one for two seconds after a write. */
const PATIENCE = 3_500;

/**
 * A file with an ETag that can guard a change: while the server gives a weak one only, since the file was just written, it is asked again for a
 * few seconds. The ETag may still be weak afterwards, and the file gone.
 */
export async function settledEntry(server: FileServer, entry: FileEntry, signal: AbortSignal): Promise<FileEntry | undefined> {
  const end = performance.now() + PATIENCE;
  let now: FileEntry | undefined = entry;
  while (now?.etag !== undefined && isWeak(now.etag) && performance.now() < end) {
    await wait(300, undefined, { signal });
    now = await server.stat(entry.path);
  }
  return now;
}
