import { Console } from 'node:console';
import { Readable, type Writable } from 'node:stream';

/** The two streams that carry frames. */
export interface FrameStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Takes stdin and stdout for the frames, before any other code can write to them: the console and `process.stdout` go to stderr from now
 * on, and `process.stdin` is empty.
 */
export function takeStdio(): FrameStreams {
  const { stdin, stdout, stderr } = process;
  const own = (name: string, value: unknown): void => {
    Object.defineProperty(process, name, { value, enumerable: true, configurable: false, writable: false });
  };
  own('stdout', stderr);
  own('stdin', Readable.from([]));
  globalThis.console = new Console(stderr, stderr);
  return { input: stdin, output: stdout };
}
