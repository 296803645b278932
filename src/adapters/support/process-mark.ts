import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { systemErrorCode } from './write-error.js';

/** Names one process for good: its number alone is used again by later ones. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in clock ticks since the machine's start; 0 where the system does not say. */
  readonly start: number;
  readonly host: string;
}

let own: ProcessMark | undefined;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  own ??= { pid: process.pid, start: startOf(process.pid) ?? 0, host: hostname() };
  return own;
}

/**
 * Whether the process of a mark that was written at `writtenMs` (milliseconds since 1970) still runs. One of another machine counts as
 * running: nothing is known of it.
 */
export function isAlive(mark: ProcessMark, writtenMs: number): boolean {
  if (mark.host !== hostname()) return true;
  // A minute of slack: the clock may have been set since.
  if (writtenMs < Date.now() - uptime() * 1_000 - 60_000) return false;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return false;
  }
  const start = startOf(mark.pid);
  return mark.start === 0 || start === undefined || start === mark.start;
}

function startOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; the 22nd is the start time (proc_pid_stat(5)).
    const start = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[19]);
    return Number.isFinite(start) ? start : undefined;
  } catch {
    return undefined;
  }
}
