import { startModelServer } from '../test/support/model-server.js';
import { BenchHome } from './bench-home.js';
import type { Benchmark, Figure } from './figure.js';
import { ratio, timeProcesses } from './process-times.js';
import { PYRA } from './start-up.js';
import { median } from './statistics.js';

const KEY = 'bench-key-0123456789';
const MEMORY_RUNS = 5;

/** One question to a server on this machine, whole processes: how long it takes, and how much memory. */
export const asking: Benchmark = {
  name: 'ask',
  async run({ runs }) {
    const open = await startModelServer(() => ({ text: ['hello'] }));
    const guarded = await startModelServer(() => ({ text: ['hello'] }), { key: KEY });
    const [keyless, keyed] = [new BenchHome(), new BenchHome()];
    try {
      keyless.useModel(open.url);
      keyed.useModel(guarded.url);
      const passphrase = keyed.makeVault(KEY);
      const without = await peak(keyless, {});
      const unlocking = await peak(keyed, passphrase);
      keyed.pyra(['vault', 'unlock'], { env: passphrase });
      const command: readonly [string, ...string[]] = [PYRA, 'ask', 'hi'];
      const times = await timeProcesses(
        {
          bare: { command: [process.execPath, '-e', '0'], env: keyless.env },
          keyless: { command, env: keyless.env },
          agent: { command, env: keyed.env },
        },
        runs,
      );
      const figure = (name: string, taken: readonly number[], most: number): Figure => ({
        name,
        value: ratio(taken, times.bare),
        unit: '×',
        target: { most },
        detail: {
          ms: round(median(taken)),
          bareMs: round(median(times.bare)),
          fastestRatio: round(Math.min(...taken) / Math.min(...times.bare)),
          runs,
        },
      });
      return [
        figure('pyra ask hi, server without a key, wall, to node -e 0', times.keyless, 6.5),
        figure('pyra ask hi, key from the unlock agent, wall, to node -e 0', times.agent, 7),
        { name: 'peak memory of ask, nothing to unlock', value: without, unit: 'MB', target: { most: 130 } },
        { name: 'peak memory of ask, unlocking in the process', value: unlocking, unit: 'MB', target: { most: 400 } },
      ];
    } finally {
      keyed.pyra(['vault', 'lock']);
      for (const home of [keyless, keyed]) home.remove();
      await Promise.all([open.close(), guarded.close()]);
    }
  },
};

async function peak(home: BenchHome, env: Readonly<Record<string, string>>): Promise<number> {
  const recorder = home.recorder();
  const peaks: number[] = [];
  for (let run = 0; run < MEMORY_RUNS; run += 1) {
    await timeProcesses({ ask: { command: [PYRA, 'ask', 'hi'], env: { ...recorder.env, ...env } } }, 1);
    peaks.push(recorder.read().peakMb);
  }
  return median(peaks);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
