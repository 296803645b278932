import { createPaint } from '../../adapters/support/terminal/paint.js';
import type { InstalledPlugin, PluginSource } from '../../core/domain/plugin.js';
import type { PluginInspection } from '../../core/usecases/plugin-inspection.js';
import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import { agree } from './agree.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { openShelf } from './open-shelf.js';
import { changeLines } from './plugin-change.js';
import { manifestJson, sourceWords, tierJson } from './plugin-info.js';
import { installedPlugin, pluginSource } from './plugin-names.js';
import { offerText } from './plugin-offer.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** `pyra plugin install NAME-or-PATH`: shows what the plugin is and may, and asks. */
export async function installPlugin(context: CommandContext, { words: [word = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openShelf(context);
  const seen = await shelf.inspect(await pluginSource(shelf, word, context.cwd));
  if (seen.installed !== undefined) return exchange(context, shelf, seen.installed, seen);
  const { manifest, digest } = seen.package;
  const tier = await shelf.tier();
  const paint = context.paint(context.globals.dryRun ? 'stdout' : 'stderr');
  const namesake = seen.package.source.kind === 'folder' && (await shelf.bundled()).some((one) => one.manifest.name === manifest.name);
  const left = await shelf.secretsOf(manifest.name);
  const warnings = [
    ...(namesake ? [`this is not the plugin ${manifest.name} that comes with Pyra`] : []),
    // Whoever takes the name of a plugin that was there before gets what was meant for that one.
    ...(left.length > 0 ? [`it gets the secrets that were kept for a plugin of this name: ${left.map(visibleLine).join(', ')}`] : []),
  ];
  const warning = warnings.length > 0 ? `${warnings.map(paint.yellow).join('\n')}\n\n` : '';
  const agreed = await agree(context, {
    shown: warning + offerText(manifest, tier, paint),
    question: `install ${manifest.name}?`,
    json: { ...manifestJson(manifest), ...tierJson(tier), installed: false, digest },
  });
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  const plugin = await shelf.install(seen.package, context.signal);
  if (context.globals.json) context.printJson({ ...manifestJson(plugin.manifest), ...tierJson(tier), installed: true, digest });
  else context.say(`installed: ${manifest.name} ${visibleLine(manifest.version)}`);
  return goOn(context, plugin);
}

/** `pyra plugin update NAME`: looks where the plugin came from, shows only what is different, and asks. */
export async function updatePlugin(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openShelf(context);
  const { plugin } = await installedPlugin(shelf, name);
  return exchange(context, shelf, plugin, await shelf.inspectUpdate(name));
}

/** Puts another version in the place of an installed one, once the person has seen what is different. */
async function exchange(
  context: CommandContext,
  shelf: PluginShelf,
  installed: InstalledPlugin,
  seen: PluginInspection,
): Promise<ExitCode> {
  const { name } = installed.manifest;
  const [from, to] = [installed.manifest.version, seen.package.manifest.version];
  if (seen.package.digest === installed.digest && (await shelf.changes(name)) === undefined) {
    if (context.globals.json) context.printJson({ name, updated: false, from, to, changes: [] });
    else context.say(`${name} ${visibleLine(from)} is installed, and there is nothing newer`);
    return EXIT.ok;
  }
  const lines = (paint = createPaint(false)): readonly string[] => [
    ...sourceLines(installed.source, seen.package.source).map(paint.yellow),
    ...(seen.difference === undefined ? [] : changeLines(installed.manifest, seen.package.manifest, seen.difference, paint)),
  ];
  const paint = context.paint(context.globals.dryRun ? 'stdout' : 'stderr');
  const title = from === to ? `${visibleLine(from)}, with other files` : `${visibleLine(from)} → ${visibleLine(to)}`;
  const painted = lines(paint);
  const rows = lines().flatMap((line, index) =>
    proseRows(line).map((row, part) => `${part === 0 ? '  ' : '      '}${painted[index] === line ? row : paint.yellow(row)}`),
  );
  const what = rows.length === 0 ? ['  its code is different; what it can do and reach is the same'] : rows;
  const agreed = await agree(context, {
    shown: [`${paint.bold(name)} ${title}`, ...what].join('\n'),
    question: `update ${name}?`,
    json: { name, from, to, changes: [...lines()], updated: false },
  });
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  await shelf.install(seen.package, context.signal);
  if (context.globals.json) context.printJson({ name, from, to, changes: [...lines()], updated: true });
  else context.say(`updated: ${name} ${title}`);
  return EXIT.ok;
}

/** Code from somewhere else gets the answers and the secrets that were meant for the plugin as it was. */
function sourceLines(before: PluginSource, after: PluginSource): readonly string[] {
  if (sourceWords(before) === sourceWords(after)) return [];
  return [`~ comes from ${sourceWords(after)} now, and not from ${sourceWords(before)}; it gets the answers and secrets that are there`];
}

/** On a terminal the setup and the enabling follow at once, when the person likes; elsewhere it is said how. */
async function goOn(context: CommandContext, { manifest }: InstalledPlugin): Promise<ExitCode> {
  const { name } = manifest;
  const steps = [...(manifest.setup.length === 0 ? [] : [`pyra plugin setup ${name}`]), `pyra plugin enable ${name}`];
  if (!context.interactive || context.globals.yes || context.globals.json) {
    context.say(`next: ${steps.join(', then ')}`);
    return EXIT.ok;
  }
  const prompter = await context.openPrompter();
  if (manifest.setup.length > 0 && (await prompter.confirm({ message: 'answer its questions now?', flag: '--yes', initial: true }))) {
    const code = await context.runCommand(['plugin', 'setup', name]);
    if (code !== EXIT.ok) return code;
  }
  if (await prompter.confirm({ message: 'enable it now?', flag: '--yes', initial: true })) {
    return context.runCommand(['plugin', 'enable', name]);
  }
  context.say(`later: ${steps.join(', then ')}`);
  return EXIT.ok;
}
