import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { ListDifference, PluginDifference } from '../../core/domain/plugin-difference.js';
import type { PluginManifest, PluginPermissions } from '../../core/domain/plugin-manifest.js';
import { authorWords, commandWords, secretWords } from './plugin-offer.js';
import { askingWords, EFFECT_WORDS, reachWords } from './plugin-words.js';
import { visibleLine } from './visible-line.js';

/** What another version of a plugin changes, one line each: `+` what it gains, `-` what it loses, `~` what is not as it was. */
export function changeLines(before: PluginManifest, after: PluginManifest, difference: PluginDifference, paint: Paint): readonly string[] {
  const { tools, permissions, secrets, commands, prompt } = difference;
  const [setup, asked] = apart(difference.setup, (key) => questionWords(key, before) === questionWords(key, after));
  const both = <T>(
    lists: { readonly added: readonly string[]; readonly removed: readonly string[] },
    words: (name: string, manifest: PluginManifest) => T,
  ): readonly string[] => [
    ...lists.removed.map((name) => `- ${words(name, before)}`),
    ...lists.added.map((name) => paint.yellow(`+ ${words(name, after)}`)),
  ];
  return [
    ...renamed(authorWords(before), authorWords(after)),
    ...renamed(visibleLine(before.description), visibleLine(after.description)),
    ...both(tools, toolWords),
    ...tools.changed.flatMap(({ name, changes }) =>
      changes.map((change) => paint.yellow(`~ ${after.name}.${name}: ${visibleLine(change)}`)),
    ),
    ...(['net', 'read', 'write', 'run'] as const).flatMap((kind) => both(permissions[kind], (rule) => permissionLine(kind, rule))),
    ...both(secrets, (secret) => `secret ${secretWords({ secrets: [secret] })}`),
    ...both(setup, questionWords),
    ...asked.map((key) => `~ ${questionWords(key, after)}: asked otherwise`),
    ...both(commands, slashWords),
    ...(prompt === undefined ? [] : promptLines(prompt, paint)),
  ];
}

/** Takes out of the lists what is in both of them and reads the same: it is there as before, and something else of it is different. */
function apart(
  { added, removed }: ListDifference,
  reads: (name: string) => boolean,
): readonly [rest: ListDifference, same: readonly string[]] {
  const same = added.filter((name) => removed.includes(name) && reads(name));
  const others = (names: readonly string[]): readonly string[] => names.filter((name) => !same.includes(name));
  return [{ added: others(added), removed: others(removed) }, same];
}

function renamed(from: string, to: string): readonly string[] {
  return from === to ? [] : [`- ${from}`, `+ ${to}`];
}

function toolWords(name: string, manifest: PluginManifest): string {
  const tool = manifest.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) return `${manifest.name}.${name}`;
  return `${manifest.name}.${name}: ${tool.effect} (${EFFECT_WORDS[tool.effect]}), ${askingWords(tool)}`;
}

function permissionLine(kind: keyof PluginPermissions, rule: string): string {
  return reachWords({ net: [], read: [], write: [], run: [], [kind]: [rule] }).join('; ');
}

function questionWords(key: string, { setup }: PluginManifest): string {
  const question = setup.find((candidate) => candidate.key === key);
  return `question ${key}${question === undefined ? '' : ` (${question.kind}): ${visibleLine(question.label)}`}`;
}

function slashWords(name: string, { commands }: PluginManifest): string {
  const command = commands.find((candidate) => candidate.name === name);
  return `command /${name}${command === undefined ? '' : `, which ${commandWords(command)}`}`;
}

function promptLines({ from, to }: { readonly from: string; readonly to: string }, paint: Paint): readonly string[] {
  return [
    ...(from === '' ? [] : [`- tells the model: ${visibleLine(from)}`]),
    ...(to === '' ? [] : [paint.yellow(`+ tells the model: ${visibleLine(to)}`)]),
  ];
}
