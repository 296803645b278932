/** How long a finished answer may take to close its connection, in milliseconds. */
const DRAIN_MS = 250;

/**
 * The bytes of a response, read without ever releasing the reader: Node makes an error with a stack for that, and the first stack of a process
 * reads the source map of the bundle, a tenth of a second. A reader that stops early lets the rest of a finished answer run out, so
 * that the connection can carry the next request.
 */
export function bodyChunks(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  let over = false;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const { value, done } = await reader.read();
    over ||= done;
    return value === undefined ? { value: undefined, done: true } : { value, done: false };
  };
  const drain = async (): Promise<void> => {
    const timer = setTimeout(() => void reader.cancel().catch(() => undefined), DRAIN_MS);
    try {
      while (!over) await next();
    } catch {
      // The request was aborted: there is nothing left to run out.
    } finally {
      clearTimeout(timer);
    }
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next,
    return: async () => {
      void drain();
      return { value: undefined, done: true };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
