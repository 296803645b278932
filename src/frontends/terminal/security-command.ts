import type { AuditLogName, AuditVerification, ChainedEntry } from '../../core/domain/audit.js';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { AuditLog } from '../../ports/audit-log.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { localTime } from './conversation-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { visibleLine } from './visible-line.js';
import { wholeNumber } from './whole-number.js';

const LOGS = { security: 'security', tool: 'tool_executions' } as const satisfies Readonly<Record<string, AuditLogName>>;

/** `pyra security`: what was written down, and whether it is still whole. */
export const commands: readonly Command[] = [
  {
    noun: 'security',
    verb: 'log',
    summary: 'show the two logs, or check that nobody changed them',
    flags: [
      { name: 'log', value: 'LOG', summary: 'security or tool (both)' },
      { name: 'limit', value: 'N', summary: 'show the last N entries (20)' },
      { name: 'verify', summary: 'check the chain of each log' },
    ],
    examples: ['pyra security log', 'pyra security log --log tool --limit 100', 'pyra security log --verify'],
    details: `On a terminal an entry takes one row; --verbose shows all of it.

--verify prints, for each log, how many entries it has and up to which one a key of the vault seals them, then each fault: a changed
byte, a line that was deleted, swapped or cut off. It exits 9 when there is a fault. Entries that are not sealed yet are no fault: the
next command that opens the vault seals them.`,
    run: (context, args) => (args.has('verify') ? verify(context, args) : show(context, args)),
  },
];

async function show(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const limit = wholeNumber(args, 'limit', 20);
  const names = chosenLogs(args);
  const { log } = await context.openPyra();
  const entries = (await Promise.all(names.map((name) => log.recent(name, limit))))
    .flat()
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq))
    .slice(-limit);
  if (context.globals.json) {
    context.printJson({ entries: entries.map(entryJson) });
    return EXIT.ok;
  }
  const paint = context.paint('stdout');
  if (entries.length === 0) context.say('nothing was logged yet');
  else {
    const room = detailRoom(context, entries);
    const rows = entries.map((entry) => [
      paint.dim(localTime(entry.at)),
      entry.log === 'security' ? 'security' : 'tool',
      entry.event,
      shortened(visibleLine(detailText(entry.detail)), room),
    ]);
    context.print(columnsText(rows));
  }
  return EXIT.ok;
}

/** How wide a detail may be so that an entry takes one row of the terminal; all of it on a pipe and with `--verbose`. */
function detailRoom({ stdout, globals }: CommandContext, entries: readonly ChainedEntry[]): number {
  if (stdout.isTTY !== true || globals.verbose) return Number.POSITIVE_INFINITY;
  const before = '2026-01-01 00:00  security  '.length + Math.max(...entries.map(({ event }) => event.length)) + 2;
  return Math.max(20, (stdout.columns ?? 80) - before);
}

function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

async function verify(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const { log } = await context.openPyra();
  const results = await verifications(log, chosenLogs(args));
  const whole = results.every(({ faults }) => faults.length === 0);
  if (context.globals.json) {
    context.printJson({
      whole,
      logs: results.map(({ log: name, entries, sealedTo, faults }) => ({ log: name, entries, sealedTo, faults: [...faults] })),
    });
    return whole ? EXIT.ok : EXIT.findings;
  }
  const paint = context.paint('stdout');
  for (const { log: name, entries, sealedTo, faults } of results) {
    context.print(`${name === 'security' ? 'security.log' : 'tool_executions.log'}: ${entries} entries, sealed to ${sealedTo}`);
    for (const fault of faults) context.print(paint.red(`  ${visibleLine(fault)}`));
  }
  return whole ? EXIT.ok : EXIT.findings;
}

async function verifications(log: AuditLog, names: readonly AuditLogName[]): Promise<readonly AuditVerification[]> {
  const results: AuditVerification[] = [];
  for (const name of names) results.push(await log.verify(name));
  return results;
}

function chosenLogs(args: ParsedArguments): readonly AuditLogName[] {
  const name = args.value('log');
  if (name === undefined) return Object.values(LOGS);
  if (!Object.hasOwn(LOGS, name)) throw new PyraError('usage', '--log is security or tool');
  return [LOGS[name as keyof typeof LOGS]];
}

function entryJson({ log, event, at, detail, seq, hash, sealed }: ChainedEntry): JsonObject {
  return { log, seq, at, event, detail, hash, sealed };
}

function detailText(detail: JsonObject): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: JsonValue): string {
  if (isJsonObject(value) || Array.isArray(value)) return JSON.stringify(value);
  const text = String(value);
  return text.includes(' ') || text === '' ? JSON.stringify(text) : text;
}
