import { parseArgs } from 'node:util';
import { canaries } from './security/canaries.js';
import { DataFolder, type SecurityBenchmark } from './security/data-folder.js';
import { evasions } from './security/evasions.js';
import { meets, type SecurityFigure } from './security/figure.js';
import { files } from './security/files.js';
import { mails } from './security/mails.js';
import { mcpServer } from './security/mcp-server.js';
import { obedience } from './security/obedience.js';
import { protocol } from './security/protocol.js';
import { redaction } from './security/redaction.js';
import { remoteFiles } from './security/remote-files.js';
import { scanner } from './security/scanner.js';
import { scannerSpeed } from './security/scanner-speed.js';
import { vault } from './security/vault.js';
import { table } from './table.js';

const BENCHMARKS: readonly SecurityBenchmark[] = [
  scanner,
  scannerSpeed,
  redaction,
  obedience,
  evasions,
  vault,
  protocol,
  files,
  canaries,
  mails,
  remoteFiles,
  mcpServer,
];
/** How many ids of cases the table shows; the JSON has them all. */
const SHOWN = 4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (values.data === undefined || unknown.length > 0) {
  const names = BENCHMARKS.map(({ name }) => name).join(', ');
  process.stderr.write(`usage: npm run bench:security -- --data DIR [--json] [NAME…]\nnames: ${names}\n`);
  process.exit(2);
}

const context = { data: new DataFolder(values.data) };
const figures: SecurityFigure[] = [];
for (const benchmark of BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  process.stderr.write(`${benchmark.name} …\n`);
  figures.push(...(await benchmark.figures(context)));
}
if (!values.json) process.stdout.write(`${table([['id', 'figure', 'value', 'target', '', 'cases'], ...figures.map(row)])}\n`);
else
  process.stdout.write(
    `${JSON.stringify({ v: 1, node: process.version, figures: figures.map((figure) => ({ ...figure, ok: meets(figure) })) })}\n`,
  );
process.exitCode = figures.some((figure) => meets(figure) === false) ? 1 : 0;

function row(figure: SecurityFigure): readonly string[] {
  const met = meets(figure);
  const verdict = met === undefined ? '' : met ? 'ok' : 'MISSED';
  if (figure.kind === 'skipped') return [figure.id, figure.name, 'skipped', '', '', figure.why];
  if (figure.kind === 'quantity') return [figure.id, figure.name, `${figure.value.toFixed(2)} ${figure.unit}`, wanted(figure), verdict, ''];
  const share = figure.of === 0 ? '' : ` (${((100 * figure.count) / figure.of).toFixed(1)} %)`;
  const more = figure.cases.length > SHOWN ? ` … +${figure.cases.length - SHOWN}` : '';
  return [
    figure.id,
    figure.name,
    `${figure.count}/${figure.of}${share}`,
    wanted(figure),
    verdict,
    figure.cases.slice(0, SHOWN).join(', ') + more,
  ];
}

function wanted(figure: Exclude<SecurityFigure, { kind: 'skipped' }>): string {
  const { target } = figure;
  if (target === undefined || typeof target === 'string') return target ?? '';
  if (figure.kind === 'quantity') return 'most' in target ? `≤ ${target.most}` : 'least' in target ? `≥ ${target.least}` : '';
  if ('mostShare' in target) return `≤ ${100 * target.mostShare} %`;
  return 'leastShare' in target ? `≥ ${100 * target.leastShare} %` : '';
}
