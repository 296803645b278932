import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Does the work, and gives the longest time in milliseconds that nothing else could run meanwhile. */
export async function loopDelay(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.disable();
  return delay.max / 1e6;
}
