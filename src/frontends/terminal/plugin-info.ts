import type { JsonObject } from '../../core/domain/json.js';
import type { PluginSource, PluginStatus, SandboxTier } from '../../core/domain/plugin.js';
import type { PluginManifest, SetupQuestion } from '../../core/domain/plugin-manifest.js';
import { columnsText } from './columns-text.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { openShelf } from './open-shelf.js';
import { installedPlugin, isPath, pluginSource } from './plugin-names.js';
import { offerText } from './plugin-offer.js';
import { visibleLine } from './visible-line.js';

/** `pyra plugin info NAME`: everything about a plugin, installed or not; none of its code runs. */
export async function pluginInfo(context: CommandContext, { words: [word = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openShelf(context);
  const status = (await shelf.list()).find(({ name }) => name === word);
  const brought = status === undefined && (isPath(word) || (await shelf.bundled()).some(({ manifest }) => manifest.name === word));
  const manifest = brought
    ? (await shelf.inspect(await pluginSource(shelf, word, context.cwd))).package.manifest
    : (status ?? (await installedPlugin(shelf, word))).plugin.manifest;
  const tier = await shelf.tier();
  if (context.globals.json) context.printJson({ ...manifestJson(manifest), ...statusJson(status), ...tierJson(tier) });
  else context.print(infoText(context, manifest, status, tier));
  return EXIT.ok;
}

/** A manifest for programs, the questions as `setup`, the tools with their whole names. */
export function manifestJson(manifest: PluginManifest): JsonObject {
  const { name, version, description, author, tools, permissions, secrets, setup, accounts, commands, prompt } = manifest;
  return {
    name,
    version,
    description,
    author,
    tools: tools.map(({ name: verb, ...tool }): JsonObject => ({ ...(tool as unknown as JsonObject), name: `${name}.${verb}` })),
    permissions: permissions as unknown as JsonObject,
    secrets: [...secrets],
    setup: setup.map((question): JsonObject => ({ ...(question as unknown as JsonObject) })),
    has_accounts: accounts,
    commands: commands.map((command): JsonObject => ({ ...(command as unknown as JsonObject) })),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

/** The sandbox of this machine, for programs. */
export function tierJson({ tier, reason, networkEnforced }: SandboxTier): JsonObject {
  return { tier, tier_reason: reason, network_enforced: networkEnforced };
}

function statusJson(status: PluginStatus | undefined): JsonObject {
  if (status === undefined) return { state: 'not installed', faults: [], accounts: [] };
  const { state, faults, accounts, plugin } = status;
  return {
    state,
    faults: [...faults],
    accounts: [...accounts],
    source: { ...plugin.source },
    folder: plugin.folder,
    digest: plugin.digest,
    installed_at: plugin.installedAt,
  };
}

function infoText(context: CommandContext, manifest: PluginManifest, status: PluginStatus | undefined, tier: SandboxTier): string {
  const paint = context.paint('stdout');
  return [
    offerText(manifest, tier, paint),
    ...(manifest.setup.length === 0 ? [] : ['', paint.bold('questions of its setup'), questionRows(manifest.setup)]),
    '',
    `${paint.bold('state')} ${status?.state ?? 'not installed'}`,
    ...(status?.faults ?? []).map((fault) => `  ${paint.yellow(visibleLine(fault))}`),
    ...(status === undefined || status.accounts.length === 0 ? [] : [`${paint.bold('accounts')} ${status.accounts.join(', ')}`]),
    ...(status === undefined
      ? []
      : [`${paint.bold('from')} ${sourceWords(status.plugin.source)}, installed ${status.plugin.installedAt.slice(0, 10)}`]),
  ].join('\n');
}

function questionRows(questions: readonly SetupQuestion[]): string {
  return columnsText(
    questions.map(({ key, kind, label, choices, optional }) => [
      `  ${key}`,
      choices === undefined ? kind : `${kind} of ${choices.map(visibleLine).join(', ')}`,
      `${visibleLine(label)}${optional === true ? ' (optional)' : ''}`,
    ]),
  );
}

/** Where a plugin comes from, in words. */
export function sourceWords(source: PluginSource): string {
  return source.kind === 'bundled' ? 'Pyra itself' : visibleLine(source.path);
}
