import { spawn } from 'node:child_process';
import { median } from './statistics.js';

/** A program to time. */
export interface TimedCommand {
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** What its exit code must be; 0 when absent. */
  readonly status?: number;
}

/** Wall times of whole processes in milliseconds, one list per command. */
export type ProcessTimes<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Times commands one after the other, round by round, so that a slow moment of the machine meets all of them. Each runs once before, unmeasured.
 * Throws when one ends with another status than it should.
 */
export async function timeProcesses<Name extends string>(
  commands: Readonly<Record<Name, TimedCommand>>,
  runs: number,
): Promise<ProcessTimes<Name>> {
  const entries = Object.entries(commands) as [Name, TimedCommand][];
  const times = {} as Record<Name, number[]>;
  for (const [name] of entries) times[name] = [];
  for (let round = -1; round < runs; round += 1) {
    for (const [name, command] of entries) {
      const took = await timeOnce(name, command);
      if (round >= 0) times[name].push(took);
    }
  }
  return times;
}

/** Median of one list over the median of another. */
export function ratio(times: readonly number[], base: readonly number[]): number {
  return median(times) / median(base);
}

function timeOnce(name: string, { command: [program, ...args], env, cwd, input, status = 0 }: TimedCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
      ...(env === undefined ? {} : { env: { ...env } }),
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    let took = 0;
    child.once('exit', () => {
      took = performance.now() - start;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === status) resolve(took);
      else reject(new Error(`${name} ended with ${signal ?? code} instead of ${status}: ${stderr.trim()}`));
    });
    child.stdin?.end(input);
  });
}
