import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child program ended, and what it printed. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running child program of a test. */
export interface ChildProgram {
  readonly process: ChildProcessWithoutNullStreams;
  /** Settles when the program has ended and its output is read. */
  readonly ended: Promise<ChildEnd>;
  /** What it has printed so far. */
  stdout(): string;
}

/** Starts a compiled file of test/support as a process of its own, such as `writer-process.js`. */
export function startProgram(name: string, args: readonly string[]): ChildProgram {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended, stdout: () => stdout };
}

/** Waits until a child has printed a text; throws when it ends before. */
export async function untilPrinted(child: ChildProgram, text: string): Promise<void> {
  if (child.stdout().includes(text)) return;
  await new Promise<void>((resolve, reject) => {
    child.process.stdout.on('data', () => {
      if (child.stdout().includes(text)) resolve();
    });
    child.process.on('close', () => reject(new Error(`the child ended before it printed ${text}`)));
  });
}
