import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import type { ManifestCommand, ManifestTool, PluginManifest } from '../../core/domain/plugin-manifest.js';
import { TOOL_EFFECTS } from '../../core/domain/tool.js';
import { columnsText } from './columns-text.js';
import { askingWords, EFFECT_WORDS, permissionWords, RUN_WARNING, tierWords } from './plugin-words.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** Everything that a person has to know of a plugin before it is let in, as text; nothing of its code has run. */
export function offerText(manifest: PluginManifest, tier: SandboxTier, paint: Paint): string {
  const [tierName, tierMeaning] = tierWords(tier);
  return [
    ...proseRows(`${manifest.name} ${visibleLine(manifest.version)}, ${authorWords(manifest)}`).map((row, index) =>
      index === 0 ? row.replace(manifest.name, paint.bold) : `│ ${row}`,
    ),
    // No words of its own stand where a heading would.
    ...proseRows(visibleLine(manifest.description)).map((row) => `│ ${row}`),
    '',
    paint.bold('what it can do'),
    toolLines(manifest, paint),
    '',
    paint.bold('what it can reach'),
    ...permissionWords(manifest.permissions).map((line) => `  ${line === RUN_WARNING ? paint.red(line) : line}`),
    ...(manifest.secrets.length === 0 ? [] : ['', paint.bold('secrets that it is given when it asks'), `  ${secretWords(manifest)}`]),
    ...(manifest.commands.length === 0 ? [] : ['', paint.bold('commands in the chat'), commandLines(manifest.commands)]),
    ...(manifest.prompt === undefined
      ? []
      : [
          '',
          paint.bold('what it tells the model in every conversation'),
          ...manifest.prompt
            .split('\n')
            .flatMap((line) => proseRows(visibleLine(line)))
            .map((row) => `  │ ${row}`),
        ]),
    '',
    `${paint.bold('sandbox')} ${tierName}`,
    ...proseRows(tierMeaning).map((row) => `  ${row}`),
  ].join('\n');
}

/** A tool in one row: what it is called, the worst that it can do, and whether it asks. */
function toolRow(plugin: string, tool: ManifestTool, paint: Paint): readonly string[] {
  const effect = tool.effect === 'read' ? tool.effect : paint.yellow(tool.effect);
  return [`  ${paint.bold(`${plugin}.${tool.name}`)}`, effect, askingWords(tool)];
}

/** Who wrote a plugin, as far as it says so. */
export function authorWords({ author }: Pick<PluginManifest, 'author'>): string {
  return author === '' ? 'its author is not named' : `by ${visibleLine(author)}`;
}

/** What a declared slash command does, in words. */
export function commandWords(command: ManifestCommand): string {
  return 'tool' in command ? `calls ${command.tool}` : `says: ${visibleLine(command.prompt)}`;
}

/** The plugin's own names of its secrets. */
export function secretWords({ secrets }: Pick<PluginManifest, 'secrets'>): string {
  return secrets
    .map((name) => (name.startsWith('*.') ? `${visibleLine(name.slice(2))} (one for each account)` : visibleLine(name)))
    .join(', ');
}

function toolLines(manifest: PluginManifest, paint: Paint): string {
  if (manifest.tools.length === 0) return '  it has no tools';
  const rows = columnsText(manifest.tools.map((tool) => toolRow(manifest.name, tool, paint))).split('\n');
  const legend = TOOL_EFFECTS.filter((effect) => manifest.tools.some((tool) => tool.effect === effect));
  return [
    ...manifest.tools.flatMap(({ description }, index) => [
      rows[index] ?? '',
      ...proseRows(visibleLine(firstSentence(description))).map((row) => `    ${paint.dim(row)}`),
    ]),
    ...legend.map((effect) => `  ${effect === 'read' ? effect : paint.yellow(effect)}: ${EFFECT_WORDS[effect]}`),
  ].join('\n');
}

function commandLines(commands: readonly ManifestCommand[]): string {
  return commands
    .flatMap((command) => [
      `  /${command.name}`,
      ...proseRows(`${visibleLine(command.summary)} (${commandWords(command)})`).map((row) => `    ${row}`),
    ])
    .join('\n');
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
