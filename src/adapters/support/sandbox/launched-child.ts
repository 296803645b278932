import type { Readable, Writable } from 'node:stream';

/** How a child ended: by itself with a code, or by a signal. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why Pyra ended it, in words that follow its name, such as `used more than 1 GB of memory`; absent when Pyra did not, or was told to. */
  readonly why?: string;
}

/** A process that was just started, however strictly it is kept in. */
export interface LaunchedChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The process id of what runs inside as this system counts, for looking at its memory; undefined where or while it is not known. */
  pid(): number | undefined;
  /** Settles when the process is gone and everything that was made for it (sockets, folders, the broker) with it; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Ends the process and all that it started, at once; idempotent. */
  kill(): void;
  /** Whether this process stays alive for the child; it does from the start. */
  hold(alive: boolean): void;
}
