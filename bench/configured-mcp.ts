import { dirname } from 'node:path';
import { SCRIPTED_SERVER, scriptText } from '../test/support/mcp/scripted-server.js';
import { startModelServer } from '../test/support/model-server.js';
import { BenchHome } from './bench-home.js';
import type { Benchmark } from './figure.js';
import { ratio, timeProcesses } from './process-times.js';
import { PYRA } from './start-up.js';
import { median } from './statistics.js';

const COUNT = 10;
/** The difference is a few milliseconds: fewer runs show the machine's noise. */
const FEWEST_RUNS = 41;
/** Of each server: what there is to be listed counts more than that there is a server. */
const TOOLS = ['read', 'search', 'list', 'write'].map((name) => ({
  name,
  description: `A tool that does ${name}, in a sentence as long as a server would write it, with what it needs and what it gives back.`,
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string', description: 'Where.' }, limit: { type: 'integer' } },
    required: ['path'],
  },
}));

/** What MCP servers cost that are configured and not called: whole processes with ten of them, against the same with none; and what one call takes. */
export const configuredMcp: Benchmark = {
  name: 'configured-mcp',
  async run(options) {
    const runs = Math.max(FEWEST_RUNS, options.runs);
    const server = await startModelServer(() => ({ text: ['hello'] }));
    const [none, ten] = [new BenchHome(), new BenchHome()];
    const program = ['--read', dirname(SCRIPTED_SERVER), '--', process.execPath, SCRIPTED_SERVER, scriptText({ tools: TOOLS })];
    try {
      for (const home of [none, ten]) home.useModel(server.url);
      for (let number = 0; number < COUNT; number += 1) {
        ten.pyra(['mcp', 'add', `bench${String.fromCharCode(97 + number)}`, '--yes', ...program]);
      }
      const ask: readonly [string, ...string[]] = [PYRA, 'ask', '--no-save', 'hi'];
      const version: readonly [string, ...string[]] = [PYRA, '--version'];
      const list: readonly [string, ...string[]] = [PYRA, 'tool', 'list'];
      const times = await timeProcesses(
        {
          askNone: { command: ask, env: none.env },
          askTen: { command: ask, env: ten.env },
          versionNone: { command: version, env: none.env },
          versionTen: { command: version, env: ten.env },
          listNone: { command: list, env: none.env },
          listTen: { command: list, env: ten.env },
        },
        runs,
      );
      const compared = (name: string, many: readonly number[], few: readonly number[], most: number) => ({
        name: `${name} with ${COUNT} MCP servers configured, wall, to none`,
        value: ratio(many, few),
        unit: '×',
        target: { most },
        detail: { noneMs: Math.round(median(few)), tenMs: Math.round(median(many)), tools: COUNT * TOOLS.length, runs },
      });
      return [
        compared('pyra ask hi', times.askTen, times.askNone, 1.4),
        compared('pyra --version', times.versionTen, times.versionNone, 1.05),
        compared('pyra tool list', times.listTen, times.listNone, 1.4),
        memoryOfACall(ten),
      ];
    } finally {
      for (const home of [none, ten]) home.remove();
      await server.close();
    }
  },
};

/** How much more memory Pyra's own process takes at most when it calls a tool of a running server, over a call of its own tool. */
function memoryOfACall(home: BenchHome) {
  const { env, read } = home.recorder();
  const peak = (tool: string, args: string): number => {
    home.pyra(['tool', 'call', tool, '--args', args, '--allow', tool], { env });
    return read().peakMb;
  };
  const own = median(Array.from({ length: 5 }, () => peak('memory.list', '{}')));
  const server = median(Array.from({ length: 5 }, () => peak('bencha.read', '{"path":"x"}')));
  const detail = { ownMb: Math.round(own), serverMb: Math.round(server) };
  return { name: 'memory of pyra with one MCP server in use, over a tool of its own, peak', value: server - own, unit: 'MB', detail };
}
