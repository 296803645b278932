import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/** The input side of a terminal: a `tty.ReadStream`, or anything like it in a test. */
export interface TerminalInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end' | 'close' | 'error', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'end' | 'close' | 'error', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unref?(): unknown;
  ref?(): unknown;
}

/** The output side of a terminal: a `tty.WriteStream`, or anything like it in a test. */
export interface TerminalOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** The two sides of the terminal where the person sits. */
export interface TerminalStreams {
  readonly input: TerminalInput;
  readonly output: TerminalOutput;
}

/**
 * Where the person can be asked: standard error must be a terminal, and the answer comes from standard input or, when that is a pipe, from
 * `/dev/tty`. `undefined` when nobody can be asked.
 */
export function terminalStreams(): TerminalStreams | undefined {
  if (process.stderr.isTTY !== true) return undefined;
  if (process.stdin.isTTY === true) return { input: process.stdin, output: process.stderr };
  try {
    return { input: new ReadStream(openSync('/dev/tty', 'r')), output: process.stderr };
  } catch {
    return undefined;
  }
}
