import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { PluginManifest } from '../../core/domain/plugin-manifest.js';
import { commandWords, secretWords } from './plugin-offer.js';
import { askingWords, EFFECT_WORDS, permissionWords } from './plugin-words.js';
import { visibleLine } from './visible-line.js';

/** How one version of a plugin differs from another, as far as the person has to know; empty when only its code does. */
export function manifestChanges(before: PluginManifest, after: PluginManifest, paint: Paint): readonly string[] {
  const gained = (text: string): string => paint.yellow(`+ ${text}`);
  const lost = (text: string): string => `- ${text}`;
  const lines = (from: readonly string[], to: readonly string[]): readonly string[] => [
    ...from.filter((line) => !to.includes(line)).map(lost),
    ...to.filter((line) => !from.includes(line)).map(gained),
  ];
  return [
    ...lines([`by ${visibleLine(before.author)}`], [`by ${visibleLine(after.author)}`]),
    ...lines([visibleLine(before.description)], [visibleLine(after.description)]),
    ...lines(toolLines(before), toolLines(after)),
    ...lines(permissionWords(before.permissions), permissionWords(after.permissions)),
    ...lines(secretLines(before), secretLines(after)),
    ...lines(commandLines(before), commandLines(after)),
    ...lines(promptLines(before), promptLines(after)),
    ...lines(questionLines(before), questionLines(after)),
  ];
}

function toolLines({ name, tools }: PluginManifest): readonly string[] {
  return tools.map((tool) => {
    const where = tool.destinations.length === 0 ? '' : `, destinations ${tool.destinations.map(visibleLine).join(', ')}`;
    return `${name}.${tool.name}: ${tool.effect} (${EFFECT_WORDS[tool.effect]}), ${askingWords(tool)}${where}`;
  });
}

function secretLines(manifest: PluginManifest): readonly string[] {
  return manifest.secrets.map((secret) => `secret ${secretWords({ secrets: [secret] })}`);
}

function commandLines({ commands }: PluginManifest): readonly string[] {
  return commands.map((command) => `command /${command.name}, which ${commandWords(command)}`);
}

function promptLines({ prompt }: PluginManifest): readonly string[] {
  return prompt === undefined ? [] : [`tells the model: ${visibleLine(prompt)}`];
}

function questionLines({ setup }: PluginManifest): readonly string[] {
  return setup.map(({ key, label, kind }) => `asks in its setup for ${key} (${kind}): ${visibleLine(label)}`);
}
