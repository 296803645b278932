import { treeUse } from './process-tree.js';

/** How much a process and all that it started may use. */
export interface TreeLimits {
  readonly bytes: number;
  readonly processes: number;
}

const INTERVAL_MS = 500;

/**
 * Looks from time to time at what a process and all that it started use, on Linux alone, and says once in words when that is too much. Gives
 * what ends the watch.
 */
export function watchTree(root: number | undefined, limits: TreeLimits, exceeded: (why: string) => void): () => void {
  if (process.platform !== 'linux' || root === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    timer = setTimeout(() => void look(), INTERVAL_MS);
    timer.unref();
  };
  const end = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const look = async (): Promise<void> => {
    const { pids, bytes } = await treeUse(root);
    if (timer === undefined) return;
    if (bytes > limits.bytes) exceeded(`used more than ${words(limits.bytes)} of memory`);
    else if (pids.length > limits.processes) exceeded(`started more than ${limits.processes} processes`);
    else later();
  };
  later();
  return end;
}

function words(bytes: number): string {
  const megabytes = Math.round(bytes / 1024 ** 2);
  return megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}
