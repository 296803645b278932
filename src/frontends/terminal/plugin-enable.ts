import { createPaint } from '../../adapters/support/terminal/paint.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import type { PluginManifest } from '../../core/domain/plugin-manifest.js';
import type { PluginInspection } from '../../core/usecases/plugin-inspection.js';
import { agree } from './agree.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { openShelf } from './open-shelf.js';
import { changeLines } from './plugin-change.js';
import { installedPlugin } from './plugin-names.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** `pyra plugin enable NAME`; one that is changed or blocked once the person has seen why. */
export async function enablePlugin(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openShelf(context);
  const { plugin, state, faults } = await installedPlugin(shelf, name);
  const changed = await shelf.changes(name);
  const paint = context.paint(context.globals.dryRun ? 'stdout' : 'stderr');
  if (changed !== undefined || plugin.blocked !== undefined) {
    const lines = (shade = createPaint(false)): readonly string[] => [
      ...faults.map((line) => shade.yellow(visibleLine(line))),
      ...(changed === undefined ? [] : changedLines(plugin, changed, shade)),
    ];
    const agreed = await agree(context, {
      shown: [`${paint.bold(name)} is not run:`, ...lines(paint).map((line) => `  ${line}`)].join('\n'),
      question: changed === undefined ? `let ${name} run again?` : `accept ${name} as its files are now?`,
      json: { name, state, changes: [...lines()], enabled: false },
    });
    if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  } else if (context.globals.dryRun) {
    return told(context, `would enable ${name}`, { name, enabled: false, dry_run: true });
  }
  const accept = changed === undefined ? {} : { accept: changed.package.digest };
  const now = await shelf.enable(name, { signal: context.signal, ...accept });
  if (context.globals.json) {
    context.printJson({ name, enabled: true, state: now.state, faults: [...now.faults] });
    return EXIT.ok;
  }
  context.say(`enabled: ${name}`);
  for (const line of consequences(now.plugin.manifest)) context.say(`  ${line}`);
  for (const fault of now.faults) context.say(`  ${context.paint('stderr').yellow(visibleLine(fault))}`);
  if (now.state === 'needs setup') context.say(`next: pyra plugin setup ${name}`);
  return EXIT.ok;
}

/** `pyra plugin disable NAME`: its tools are gone; answers and secrets stay. */
export async function disablePlugin(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openShelf(context);
  await installedPlugin(shelf, name);
  if (context.globals.dryRun) return told(context, `would disable ${name}`, { name, dry_run: true });
  const was = await shelf.disable(name);
  return told(context, was ? `disabled: ${name}; its answers and secrets stay` : `${name} was not enabled`, { name, enabled: false });
}

/** `pyra plugin remove NAME`: with its answers, its secrets and everything in its data folder; with `--account` only what one account has. */
export async function removePlugin(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const [name = ''] = args.words;
  const shelf = await openShelf(context);
  const { plugin } = await installedPlugin(shelf, name);
  const secrets = !args.has('keep-secrets');
  const account = args.value('account');
  const what = account === undefined ? name : `the account ${visibleLine(account)} of ${name}`;
  const json = { name, ...(account === undefined ? {} : { account }) };
  const goes =
    account === undefined
      ? `its code, its answers${secrets ? ', its secrets' : ''}, the standing rules for its tools and everything in ${visibleLine(plugin.dataFolder)}`
      : `its answers${secrets ? ' and its secrets' : ''}`;
  const agreed = await agree(context, {
    shown: `removing ${what} takes with it: ${goes}`,
    question: `remove ${what} for good?`,
    json: { ...json, removed: false },
  });
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  const removal = account === undefined ? shelf.remove(name, { secrets }) : shelf.removeAccount(name, account, { secrets });
  const { secretsLeft } = await removal.catch((error: unknown) => {
    if (!isPyraError(error, 'vault/locked')) throw error;
    const hint = `${error.hint ?? 'open the vault with `pyra vault unlock`'}; or leave the secrets where they are, with --keep-secrets`;
    throw new PyraError(error.code, error.message, { hint, cause: error });
  });
  const left = secretsLeft.length === 0 ? '' : `; still in the vault: ${secretsLeft.join(', ')}`;
  return told(context, `removed: ${what}${left}`, { ...json, removed: true, secrets_left: [...secretsLeft] });
}

/** The files that changed, and what of the manifest did. */
function changedLines(plugin: InstalledPlugin, changed: PluginInspection, paint: ReturnType<typeof createPaint>): readonly string[] {
  if (changed.difference === undefined) return [];
  return changeLines(plugin.manifest, changed.package.manifest, changed.difference, paint);
}

/** What the person lets in by enabling, beyond what asks each time. */
function consequences({ name, tools, commands, prompt }: PluginManifest): readonly string[] {
  const silent = tools.filter(({ approval }) => approval === 'none').map((tool) => `${name}.${tool.name}`);
  return [
    ...(silent.length === 0 ? [] : proseRows(`without asking: ${silent.join(', ')}`)),
    ...(commands.length === 0 ? [] : [`in the chat: ${commands.map((command) => `/${command.name}`).join(', ')}`]),
    ...(prompt === undefined
      ? []
      : ['the model is told:', ...prompt.split('\n').flatMap((line) => proseRows(visibleLine(line)).map((row) => `│ ${row}`))]),
  ];
}

function told(context: CommandContext, text: string, json: Parameters<CommandContext['printJson']>[0]): ExitCode {
  if (context.globals.json) context.printJson(json);
  else context.say(text);
  return EXIT.ok;
}
