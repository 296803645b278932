import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './figure.js';
import { ratio, timeProcesses } from './process-times.js';
import { median } from './statistics.js';

/** The launcher of the built program. */
export const PYRA = fileURLToPath(new URL('../../bin/pyra', import.meta.url));

/** What a person waits for before anything happens: whole processes against a bare `node -e 0` of the same Node. */
export const startUp: Benchmark = {
  name: 'start-up',
  async run({ runs }) {
    const folder = mkdtempSync(join(tmpdir(), 'pyra-bench-'));
    const env = { PATH: process.env.PATH ?? '', HOME: folder, PYRA_HOME: join(folder, 'home'), XDG_CACHE_HOME: join(folder, 'cache') };
    try {
      const times = await timeProcesses(
        {
          bare: { command: [process.execPath, '-e', '0'], env },
          version: { command: [PYRA, '--version'], env },
          help: { command: [PYRA, '--help'], env },
        },
        runs,
      );
      const figure = (name: string, taken: readonly number[], most: number) => ({
        name,
        value: ratio(taken, times.bare),
        unit: '×',
        target: { most },
        detail: { ms: round(median(taken)), bareMs: round(median(times.bare)), runs },
      });
      return [figure('pyra --version, wall, to node -e 0', times.version, 1.3), figure('pyra --help, wall, to node -e 0', times.help, 1.6)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
