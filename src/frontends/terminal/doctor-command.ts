import { isPyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import type { JsonObject } from '../../core/domain/json.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { type Check, checkConfig, checkHome, checkLogs, checkModel, checkNode, checkVault } from './doctor-checks.js';
import { checkServers } from './doctor-mcp.js';
import { checkPlugins, checkSandbox } from './doctor-plugins.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { visibleLine } from './visible-line.js';

/** `pyra doctor`: what is wrong, and what to do about it. */
export const commands: readonly Command[] = [
  {
    noun: 'doctor',
    summary: 'look for what is wrong, and say how to mend it',
    flags: [{ name: 'fix', summary: 'make what is missing in the home and narrow modes that are too wide' }],
    examples: ['pyra doctor', 'pyra doctor --fix'],
    details:
      'It changes nothing without --fix, and asks the model’s server for its model list only, which costs nothing. It exits 9 when something is wrong.',
    run: doctor,
  },
];

async function doctor(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const foundation = await context.openFoundation();
  let repaired: readonly Finding[] = [];
  const unfixed: Check[] = [];
  if (args.has('fix') && !context.globals.dryRun) {
    try {
      repaired = await foundation.home.prepare({ everything: true });
    } catch (error) {
      if (!isPyraError(error)) throw error;
      unfixed.push({ check: 'home', status: 'problem', message: error.message, ...(error.hint === undefined ? {} : { fix: error.hint }) });
    }
    for (const { label, message } of repaired) {
      await foundation.log.append({ log: 'security', event: label, at: foundation.system.now(), detail: { message } });
    }
  }
  const checks = [...unfixed, ...(await examine(context))];
  const ok = checks.every(({ status }) => status !== 'problem');
  if (context.globals.json) {
    context.printJson({ ok, checks: checks.map((check): JsonObject => ({ ...check })), repaired: repaired.map(({ message }) => message) });
  } else {
    for (const { message } of repaired) context.print(`mended: ${visibleLine(message)}`);
    context.print(checkRows(context, checks));
  }
  return ok ? EXIT.ok : EXIT.findings;
}

async function examine(context: CommandContext): Promise<readonly Check[]> {
  const foundation = await context.openFoundation();
  const home = await checkHome(foundation, process.platform);
  const { check: config, settings } = await checkConfig(foundation);
  const vault = home.some(({ check, status }) => check === 'vault' && status === 'problem') ? [] : [await checkVault(foundation)];
  const model =
    settings === undefined ? [] : [await checkModel(foundation, settings, context.signal, Boolean(context.env.PYRA_VAULT_PASSPHRASE_FILE))];
  const logs = await checkLogs(foundation);
  // Which plugins are enabled stands in the settings.
  const plugins = settings === undefined ? [] : await checkPlugins(foundation.plugins);
  const sandbox = await checkSandbox(foundation.plugins);
  const servers = settings === undefined ? [] : await checkServers(foundation, settings);
  return [
    ...home,
    config,
    ...vault,
    ...model,
    logs,
    ...plugins,
    sandbox,
    ...servers,
    checkNode(process.version, process.execPath),
    checkTerminal(context),
  ];
}

function checkTerminal(context: CommandContext): Check {
  const streams = (['stdin', 'stdout', 'stderr'] as const).filter((name) => context[name].isTTY === true);
  if (streams.length === 0) return { check: 'terminal', status: 'note', message: 'none: questions are refused, approvals need --allow' };
  const { columns, rows } = context.stdout;
  const size = columns === undefined ? '' : `, ${columns}×${rows}`;
  const color = context.paint('stdout').enabled ? 'colours' : 'no colours';
  const editor = context.env.VISUAL || context.env.EDITOR ? '' : '; no editor is chosen (VISUAL, EDITOR)';
  return { check: 'terminal', status: 'ok', message: `${streams.join(', ')}${size}, TERM=${context.env.TERM ?? ''}, ${color}${editor}` };
}

function checkRows(context: CommandContext, checks: readonly Check[]): string {
  const paint = context.paint('stdout');
  const marks = { ok: paint.green('✓'), note: paint.yellow('·'), problem: paint.red('✗') } as const;
  return columnsText(
    checks.flatMap(({ check, status, message, fix }) => [
      [marks[status], paint.bold(check), visibleLine(message)],
      ...(fix === undefined ? [] : [['', '', paint.dim(`→ ${visibleLine(fix)}`)]]),
    ]),
  );
}
