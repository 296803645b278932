import type { Readable } from 'node:stream';

/** The beginning of an answer's body. */
export interface LimitedBody {
  readonly bytes: Buffer;
  /** Whether there was more, which was not read. */
  readonly cut: boolean;
}

/** Reads a body up to a number of bytes and lets go of the connection when there is more: no more than that is ever held. */
export async function readLimited(response: object, limit: number): Promise<LimitedBody> {
  const body = (response as { readonly body: Readable | null }).body;
  if (body === null) return { bytes: Buffer.alloc(0), cut: false };
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, limit - length));
    length += chunk.length;
    if (length > limit) break;
  }
  return { bytes: Buffer.concat(chunks), cut: length > limit };
}
