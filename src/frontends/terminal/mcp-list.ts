import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { McpServerStatus, McpToolStatus } from '../../core/domain/mcp-inspection.js';
import { mcpToolProse } from '../../core/domain/mcp-tool-prose.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import type { McpShelf } from '../../core/usecases/mcp-shelf.js';
import { columnsText } from './columns-text.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { confinementJson, statusJson } from './mcp-json.js';
import { serverText } from './mcp-offer.js';
import { differenceRows, findingRows, firstLine, wholeRows } from './mcp-tool-rows.js';
import { classWords, hintWords, reachLine } from './mcp-words.js';
import { openMcpShelf } from './open-mcp-shelf.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** The most of a command or address in the list, in characters. */
const REACH = 60;

/** `pyra mcp list [NAME]`: the servers and how they stand, or everything about one; nothing is started. */
export async function listServers(context: CommandContext, { words: [name] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openMcpShelf(context);
  if (name !== undefined) return showServer(context, shelf, name);
  const servers = await shelf.list();
  const faults = await shelf.faults();
  if (context.globals.json) {
    const tier = servers.length === 0 ? undefined : await shelf.tier();
    context.printJson({
      servers: servers.map((status) => ({ ...statusJson(status), ...(tier === undefined ? {} : confinementJson(status.server, tier)) })),
      faults: [...faults],
    });
    return EXIT.ok;
  }
  if (servers.length === 0 && faults.length === 0) {
    context.say('there are no MCP servers; to add one: pyra mcp add NAME -- COMMAND ARG…, or pyra mcp add NAME --url URL');
    return EXIT.ok;
  }
  if (servers.length > 0) context.print(listText(servers, context.paint('stdout')));
  for (const fault of faults) context.say(`left out: ${visibleLine(fault)}`);
  return EXIT.ok;
}

function listText(servers: readonly McpServerStatus[], paint: Paint): string {
  const rows = columnsText(
    servers.map((status) => [
      paint.bold(status.server.name),
      stateWords(status, paint),
      toolCount(status),
      firstLine(reachLine(status.server), REACH),
    ]),
  ).split('\n');
  return servers
    .flatMap(({ faults }, index) => [rows[index] ?? '', ...faults.map((fault) => `  ${paint.yellow(visibleLine(fault))}`)])
    .join('\n');
}

function stateWords({ state }: McpServerStatus, paint: Paint): string {
  if (state === 'ready') return paint.green(state);
  return state === 'blocked' || state === 'changed' ? paint.red(state) : paint.yellow(state);
}

function toolCount({ tools }: McpServerStatus): string {
  const offered = tools.filter(({ state }) => state === 'offered').length;
  const of = offered === tools.length ? '' : ` of ${tools.length}`;
  return `${offered}${of} ${tools.length === 1 ? 'tool' : 'tools'}`;
}

async function showServer(context: CommandContext, shelf: McpShelf, name: string): Promise<ExitCode> {
  const status = await shelf.status(name);
  const tier = await shelf.tier();
  if (context.globals.json) context.printJson({ ...statusJson(status), ...confinementJson(status.server, tier) });
  else context.print(serverDetails(status, tier, context.home, context.paint('stdout')));
  return EXIT.ok;
}

function serverDetails(status: McpServerStatus, tier: SandboxTier, home: string, paint: Paint): string {
  const { server, faults, tools, record } = status;
  return [
    serverText({ server, tier, home }, paint),
    '',
    `${paint.bold('state')} ${stateWords(status, paint)}`,
    ...faults.flatMap((fault) => proseRows(visibleLine(fault)).map((row) => `  ${paint.yellow(row)}`)),
    ...(tools.length === 0
      ? []
      : ['', `${paint.bold('its tools')}, each as the server describes it`, ...tools.flatMap((tool) => toolRows(tool, record, paint))]),
  ].join('\n');
}

function toolRows(
  { verb, name, tool, class: given, classified, state, findings }: McpToolStatus,
  { seen }: McpServerStatus['record'],
  paint: Paint,
): readonly string[] {
  const other = tool.name === verb ? '' : paint.dim(` (its server calls it ${firstLine(tool.name, 60)})`);
  const changed = seen.find((one) => one.verb === verb)?.changed;
  return [
    `  ${paint.bold(name)}${other}  ${classWords(given, classified)}${state === 'offered' ? '' : paint.yellow(`, not offered: ${STATE_WORDS[state]}`)}`,
    `    ${paint.dim(hintWords(tool.hints))}`,
    ...wholeRows(mcpToolProse({ verb, tool }), paint),
    ...(changed === undefined || changed === 'gone'
      ? []
      : ['    what is different now:', ...differenceRows(tool, changed, findings, paint)]),
    ...findingRows(findings, paint),
  ];
}

const STATE_WORDS: Readonly<Record<Exclude<McpToolStatus['state'], 'offered'>, string>> = {
  changed: 'it is not the tool any more that you have seen',
  gone: 'its server does not have it any more',
  unseen: 'you have not seen it',
};
