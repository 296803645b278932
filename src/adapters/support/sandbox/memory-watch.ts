import { readFile } from 'node:fs/promises';

const INTERVAL_MS = 500;

/**
 * Looks at a process's resident memory from time to time (`/proc/PID/status`, so on Linux alone) and says when it is more than `limitBytes`.
 * Gives what ends the watch.
 */
export function watchMemory(pid: () => number | undefined, limitBytes: number, exceeded: () => void): () => void {
  if (process.platform !== 'linux') return () => undefined;
  const timer = setInterval(() => void look(), INTERVAL_MS);
  timer.unref();
  const look = async (): Promise<void> => {
    const bytes = await residentBytes(pid());
    if (bytes !== undefined && bytes > limitBytes) exceeded();
  };
  return () => clearInterval(timer);
}

/** The resident memory of a process in bytes; undefined when there is none, or the system does not tell. */
export async function residentBytes(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
