import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** How a command is started on a pseudo-terminal; a path sends that stream to (or takes it from) a file instead of the terminal. */
export interface PtyOptions {
  readonly cwd?: string;
  /** The whole environment; that of this process when absent. */
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A command that runs on a pseudo-terminal. */
export interface Pty {
  /** Everything that it wrote to the terminal so far, escape sequences included. */
  output(): string;
  /** Types: Enter is `\r`, Ctrl-C `\x03`, Ctrl-D `\x04`. */
  type(text: string | Uint8Array): void;
  /** Waits for a text or pattern in the output from `from` on (0 when absent) and gives the offset behind it; rejects, with the output, after `timeoutMs`. */
  waitFor(what: string | RegExp, from?: number, timeoutMs?: number): Promise<number>;
  /** Resolves when nothing was written for `ms` milliseconds. */
  quiet(ms?: number): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Takes the terminal away, as closing its window does. */
  hangUp(): void;
  kill(signal?: NodeJS.Signals): void;
  /** The exit status, 128 + signal when a signal ended it. */
  readonly exit: Promise<number>;
}

const DRIVER = fileURLToPath(new URL('../../../test/support/pseudo-terminal.py', import.meta.url));

/** Starts a command on a new pseudo-terminal (80 × 24 unless told). Kill it or wait for its exit in every test. */
export function openPty(command: readonly string[], options: PtyOptions = {}): Pty {
  const { columns = 80, rows = 24, stdin = '-', stdout = '-', stderr = '-' } = options;
  const child = spawn('python3', [DRIVER, String(columns), String(rows), stdin, stdout, stderr, ...command], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  const control = child.stdio[3] as Writable;
  for (const stream of [child.stdin, control]) stream?.on('error', () => {});
  let output = '';
  let lastWrite = Date.now();
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    lastWrite = Date.now();
    for (const listener of listeners) listener();
  });
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 137));
  });

  const find = (what: string | RegExp, from: number): number | undefined => {
    const text = output.slice(from);
    if (typeof what === 'string') {
      const at = text.indexOf(what);
      return at < 0 ? undefined : from + at + what.length;
    }
    const match = what.exec(text);
    return match === null ? undefined : from + match.index + match[0].length;
  };

  return {
    exit,
    output: () => output,
    type: (text) => {
      child.stdin?.write(text);
    },
    waitFor: (what, from = 0, timeoutMs = 8_000) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const at = find(what, from);
          if (at === undefined) return;
          done();
          resolve(at);
        };
        const done = (): void => {
          listeners.delete(check);
          clearTimeout(timer);
        };
        const fail = (why: string): void => {
          done();
          reject(
            new Error(
              `${why} before ${String(what)} came; the output from ${from} on: ${JSON.stringify(output.slice(from).slice(-4_000))}`,
            ),
          );
        };
        const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
        listeners.add(check);
        void exit.then((code) => listeners.has(check) && fail(`it exited ${code}`));
        check();
      }),
    quiet: async (ms = 150) => {
      while (Date.now() - lastWrite < ms) await new Promise((resolve) => setTimeout(resolve, ms - (Date.now() - lastWrite)));
    },
    resize: (newColumns, newRows) => {
      control.write(`resize ${newColumns} ${newRows}\n`);
    },
    hangUp: () => {
      control.write('hangup\n');
    },
    kill: (signal = 'SIGKILL') => {
      // Closing the pseudo-terminal hangs the command up; a stubborn one is the driver's child and dies with its group.
      if (signal === 'SIGKILL') control.write('hangup\n');
      child.kill(signal);
    },
  };
}
