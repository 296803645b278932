import { parseArgs } from 'node:util';
import { asking } from './asking.js';
import { broker } from './broker.js';
import { bundledStart } from './bundled-start.js';
import { calendar } from './calendar.js';
import { configuredMcp } from './configured-mcp.js';
import { conversation } from './conversation.js';
import { email } from './email.js';
import { enabledPlugins } from './enabled-plugins.js';
import { type Benchmark, type Figure, meetsTarget } from './figure.js';
import { installedSize } from './installed-size.js';
import { mcp } from './mcp.js';
import { memory } from './memory.js';
import { plugins } from './plugins.js';
import { pluginsAfterWork } from './plugins-after-work.js';
import { scanner } from './scanner.js';
import { startUp } from './start-up.js';
import { streaming } from './streaming.js';
import { table } from './table.js';
import { vault } from './vault.js';

const BENCHMARKS: readonly Benchmark[] = [
  startUp,
  asking,
  streaming,
  memory,
  conversation,
  vault,
  scanner,
  plugins,
  enabledPlugins,
  mcp,
  configuredMcp,
  bundledStart,
  pluginsAfterWork,
  email,
  broker,
  installedSize,
  calendar,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '21' },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const runs = Number(values.runs);
const wanted = [...values.only, ...positionals];
const unknown = wanted.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (!Number.isInteger(runs) || runs < 1 || unknown.length > 0) {
  process.stderr.write(
    `usage: npm run bench -- [--runs N] [--json] [--only NAME]…\nnames: ${BENCHMARKS.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}

const figures: Figure[] = [];
for (const benchmark of BENCHMARKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  process.stderr.write(`${benchmark.name} …\n`);
  figures.push(...(await benchmark.run({ runs })));
}
if (!values.json) process.stdout.write(`${figureTable(figures)}\n`);
process.stdout.write(
  `${JSON.stringify({ v: 1, node: process.version, figures: figures.map((figure) => ({ ...figure, ok: meetsTarget(figure) })) })}\n`,
);

function figureTable(rows: readonly Figure[]): string {
  const cells = [
    ['figure', 'value', 'target', ''],
    ...rows.map((figure) => {
      const { target } = figure;
      const limit = target === undefined ? '' : 'most' in target ? `≤ ${target.most} ${figure.unit}` : `≥ ${target.least} ${figure.unit}`;
      const met = meetsTarget(figure);
      return [figure.name, `${figure.value.toFixed(2)} ${figure.unit}`, limit, met === undefined ? '' : met ? 'ok' : 'MISSED'];
    }),
  ];
  return table(cells);
}
