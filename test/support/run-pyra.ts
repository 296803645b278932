import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from './source-files.js';

/** What came of one run of the built program. */
export interface PyraRun {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Milliseconds. */
  readonly took: number;
}

/** How the built program is run. */
export interface RunPyraOptions {
  /** Its `PYRA_HOME` and `HOME`. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on stdin; nothing when absent. */
  readonly input?: string;
  /** Milliseconds until it is killed; 15,000 when absent. */
  readonly timeout?: number;
}

/** Runs the built program on pipes, in an environment of its own. */
export function runPyra(args: readonly string[], options: RunPyraOptions): Promise<PyraRun> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(join(PROJECT, 'bin', 'pyra'), args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', HOME: options.home, PYRA_HOME: join(options.home, 'pyra'), ...options.env },
      timeout: options.timeout ?? 15_000,
      killSignal: 'SIGKILL',
    });
    const text = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text.out += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text.err += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text, took: performance.now() - begun }));
    child.stdin?.end(options.input);
  });
}
