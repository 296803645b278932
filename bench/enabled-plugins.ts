import { startModelServer } from '../test/support/model-server.js';
import { BenchHome } from './bench-home.js';
import type { Benchmark } from './figure.js';
import { ratio, timeProcesses } from './process-times.js';
import { PYRA } from './start-up.js';
import { median } from './statistics.js';

const COUNT = 10;
/** The difference is a few milliseconds: fewer runs show the machine's noise. */
const FEWEST_RUNS = 41;

/** What plugins cost that are enabled and not called: one question with ten of them, against the same with none. */
export const enabledPlugins: Benchmark = {
  name: 'enabled-plugins',
  async run(options) {
    const runs = Math.max(FEWEST_RUNS, options.runs);
    const server = await startModelServer(() => ({ text: ['hello'] }));
    const [none, ten] = [new BenchHome(), new BenchHome()];
    try {
      for (const home of [none, ten]) home.useModel(server.url);
      for (let number = 0; number < COUNT; number += 1) {
        const name = `bench${String.fromCharCode(97 + number)}`;
        ten.pyra(['plugin', 'new', name]);
        ten.pyra(['plugin', 'install', `./${name}`, '--yes']);
        ten.pyra(['plugin', 'enable', name]);
      }
      const command: readonly [string, ...string[]] = [PYRA, 'ask', '--no-save', 'hi'];
      const times = await timeProcesses({ none: { command, env: none.env }, ten: { command, env: ten.env } }, runs);
      const detail = { noneMs: Math.round(median(times.none)), tenMs: Math.round(median(times.ten)), runs };
      const [value, name] = [ratio(times.ten, times.none), `pyra ask hi with ${COUNT} plugins enabled, wall, to none`];
      return [{ name, value, unit: '×', target: { most: 1.05 }, detail }];
    } finally {
      for (const home of [none, ten]) home.remove();
      await server.close();
    }
  },
};
