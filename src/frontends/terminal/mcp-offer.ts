import { homePaths } from '../../adapters/support/home-paths.js';
import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { McpAddress, McpProgram, McpServer, McpValue } from '../../core/domain/mcp-server.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { columnsText } from './columns-text.js';
import { confinementWords, netWords, reachLine, shellWord, startingWords, valueWords } from './mcp-words.js';
import { proseRows } from './prose-rows.js';

/** A command up to this length stands in one line. */
const LINE = 72;

/** What is shown of a server besides its tools. */
export interface Offer {
  readonly server: McpServer;
  readonly tier: SandboxTier;
  readonly home: string;
  /** What the person should know before saying yes. */
  readonly notes?: readonly string[];
}

/** Everything that a person has to know of a server before it is started or reached, as text. */
export function serverText({ server, tier, home, notes = [] }: Offer, paint: Paint): string {
  const { reach } = server;
  return [
    `${paint.bold(server.name)}, an MCP server ${reach.kind === 'program' ? 'that is a program on this machine' : 'at an address'}`,
    '',
    ...(reach.kind === 'program' ? programLines(server, reach, tier, home, paint) : addressLines(reach, paint)),
    '',
    startWords(server, paint),
    ...(notes.length === 0
      ? []
      : ['', ...notes.flatMap((note) => proseRows(`note: ${note}`).map((row, index) => paint.yellow(index === 0 ? row : `  ${row}`)))]),
  ].join('\n');
}

function startWords(server: McpServer, paint: Paint): string {
  const [verb, when] = startingWords(server);
  return `${paint.bold(verb)} ${when}`;
}

function programLines(server: McpServer, reach: McpProgram, tier: SandboxTier, home: string, paint: Paint): readonly string[] {
  const [kept, meaning] = confinementWords(tier);
  const confined = tier.tier === 'bwrap';
  return [
    paint.bold('what is started, without a shell'),
    ...commandRows(server, reach),
    '',
    paint.bold('what it finds in its environment'),
    ...valueRows(reach.env, 'only HOME, PATH and the time zone'),
    '',
    paint.bold(confined ? 'what it can reach' : 'what it would be kept to'),
    ...(reach.net.length === 0 ? ['  no network'] : reach.net.map((rule) => `  network: ${netWords(rule)}`)),
    ...reach.read.map((folder) => `  may read ${shellWord(folder)}`),
    ...reach.write.map((folder) => `  may read and change ${shellWord(folder)}`),
    `  its own folder, where it starts: ${shellWord(`${homePaths(home).mcp}/${server.name}`)}`,
    '',
    `${paint.bold('kept in by')} ${confined ? kept : paint.red(kept)}`,
    ...indented(meaning).map((row) => (confined ? row : paint.red(row))),
  ];
}

function addressLines(reach: McpAddress, paint: Paint): readonly string[] {
  return [
    paint.bold('where it is'),
    ...cut(reachLine({ reach })),
    '',
    paint.bold('what it is sent with each request'),
    ...valueRows(reach.headers, 'nothing of yours but the arguments of calls'),
  ];
}

/** The command: in one line, or one argument a line when it is long or has spaces in it. */
function commandRows(server: McpServer, reach: McpProgram): readonly string[] {
  const line = reachLine(server);
  if (line.length <= LINE) return [`  ${line}`];
  return [...cut(shellWord(reach.command)), ...reach.args.flatMap((arg) => cut(shellWord(arg), '    '))];
}

function valueRows(values: Readonly<Record<string, McpValue>>, none: string): readonly string[] {
  const rows = Object.entries(values).map(([key, value]) => [`  ${key}`, valueWords(value)]);
  if (rows.length === 0) return [`  ${none}`];
  return columnsText(rows)
    .split('\n')
    .flatMap((row) => (row.length <= 100 ? [row] : cut(row.trim())));
}

/** A line exactly, in as many rows as it needs; those behind the first are marked. */
function cut(line: string, indent = '  '): readonly string[] {
  const characters = [...line];
  const rows: string[] = [];
  for (let at = 0; at < characters.length || at === 0; at += LINE) rows.push(characters.slice(at, at + LINE).join(''));
  return rows.map((row, index) => (index === 0 ? `${indent}${row}` : `${indent}⏎ ${row}`));
}

function indented(line: string): readonly string[] {
  return proseRows(line).map((row) => `  ${row}`);
}
