import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ChildEnd } from './child-program.js';
import { PROJECT } from './source-files.js';

/** The launcher of the built program. */
export const PYRA = join(PROJECT, 'bin/pyra');

/** How a run of the built program is surrounded. */
export interface RunOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on stdin; it is closed after that. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Where it runs; the folder of this process when absent. */
  readonly cwd?: string;
}

/** The environment of a run: nothing of the developer's own Pyra, keys or colours. */
export function cleanEnvironment({ home, env }: Pick<RunOptions, 'home' | 'env'>): Readonly<Record<string, string>> {
  return { PATH: process.env.PATH ?? '', HOME: `${home}-user`, PYRA_HOME: home, TERM: 'xterm-256color', ...env };
}

/** Runs the built program on pipes to its end; one that takes longer than `timeoutMs` (20 s) is killed, and its code is null. */
export function runPyra(args: readonly string[], options: RunOptions): Promise<ChildEnd> {
  const child = spawn(PYRA, args, {
    stdio: 'pipe',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: cleanEnvironment(options),
    timeout: options.timeoutMs ?? 20_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
