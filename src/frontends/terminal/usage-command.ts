import { homePaths } from '../../adapters/support/home-paths.js';
import { readLines } from '../../adapters/support/json-lines.js';
import { isJsonObject } from '../../core/domain/json.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { UsageRecord } from './usage-record.js';
import { visibleLine } from './visible-line.js';
import { wholeNumber } from './whole-number.js';

interface Sum {
  turns: number;
  input: number;
  output: number;
  cost: number;
  unpriced: number;
  estimated: number;
}

const DAY = 86_400_000;

/** `pyra usage`: tokens and cost. */
export const commands: readonly Command[] = [
  {
    noun: 'usage',
    summary: 'show the tokens that were used, and what they cost',
    flags: [{ name: 'days', value: 'N', summary: 'the last N days (30)' }],
    examples: ['pyra usage', 'pyra usage --days 7 --json'],
    details: 'Costs are list prices where they are known, without discounts for caches: your provider’s bill is what counts.',
    run: usage,
  },
];

async function usage(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const days = wholeNumber(args, 'days', 30);
  const records = await readRecords(homePaths(context.home).usage, Date.now() - days * DAY);
  const models = new Map<string, Sum>();
  const total = emptySum();
  for (const record of records) {
    const name = `${record.provider}/${record.model}`;
    const sum = models.get(name) ?? emptySum();
    models.set(name, sum);
    add(sum, record);
    add(total, record);
  }
  if (context.globals.json) {
    context.printJson({ days, total: { ...total }, models: [...models].map(([model, sum]) => ({ model, ...sum })) });
    return EXIT.ok;
  }
  if (records.length === 0) {
    context.say(`nothing was used in the last ${days} days`);
    return EXIT.ok;
  }
  const rows = [...models].sort(([, a], [, b]) => b.input + b.output - (a.input + a.output)).map(([name, sum]) => row(name, sum));
  const table = [['model', 'turns', 'tokens in', 'tokens out', 'cost'], ...rows, ...(models.size > 1 ? [row('all', total)] : [])];
  context.print(columnsText(table, [1, 2, 3, 4]));
  if (total.estimated > 0) context.say(`${total.estimated} turns are estimates: the provider did not say`);
  if (total.unpriced > 0) context.say(`the price of ${total.unpriced} turns is not known`);
  return EXIT.ok;
}

/** The records from a moment on; a line that is none is left out, as one that was torn by a power cut. */
async function readRecords(path: string, from: number): Promise<readonly UsageRecord[]> {
  const records: UsageRecord[] = [];
  try {
    for await (const { text } of readLines(path)) {
      const record = parseRecord(text);
      if (record !== undefined && Date.parse(record.at) >= from) records.push(record);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return records;
}

function parseRecord(text: string): UsageRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const whole =
      isJsonObject(value) &&
      [value.at, value.provider, value.model].every((field) => typeof field === 'string') &&
      [value.input, value.output].every((field) => typeof field === 'number');
    return whole ? (value as unknown as UsageRecord) : undefined;
  } catch {
    return undefined;
  }
}

function emptySum(): Sum {
  return { turns: 0, input: 0, output: 0, cost: 0, unpriced: 0, estimated: 0 };
}

function add(sum: Sum, record: UsageRecord): void {
  sum.turns += 1;
  sum.input += record.input;
  sum.output += record.output;
  if (record.cost === undefined) sum.unpriced += 1;
  else sum.cost += record.cost;
  if (record.estimated) sum.estimated += 1;
}

function row(name: string, { turns, input, output, cost, unpriced }: Sum): readonly string[] {
  const price = unpriced === turns ? '?' : `${unpriced > 0 ? '≥ ' : ''}$${cost.toFixed(cost < 0.1 ? 4 : 2)}`;
  return [visibleLine(name), String(turns), thousands(input), thousands(output), price];
}

function thousands(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
