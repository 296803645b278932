import { Readable, type Writable } from 'node:stream';

/** The two streams that carry frames. */
export interface FrameStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Takes stdin and stdout for the frames, before any other code can write to them: `process.stdout` goes to stderr from now on, and with it
 * the console, which finds its streams when it is first used; `process.stdin` is empty.
 */
export function takeStdio(): FrameStreams {
  const { stdin, stdout, stderr } = process;
  const own = (name: string, value: unknown): void => {
    Object.defineProperty(process, name, { value, enumerable: true, configurable: false, writable: false });
  };
  own('stdout', stderr);
  own('stdin', Readable.from([]));
  return { input: stdin, output: stdout };
}
