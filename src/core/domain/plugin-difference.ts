import { canonicalJson, type JsonValue } from './json.js';
import type { ManifestTool, PluginManifest, PluginPermissions } from './plugin-manifest.js';

/** What a list gains and loses. */
export interface ListDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A tool that both versions have and that is not the same in both. */
export interface ToolDifference {
  readonly name: string;
  /** What differs, one sentence each, that of a weaker protection first: `effect: read → egress`. */
  readonly changes: readonly string[];
}

/** What another version of a plugin's manifest changes, as it is shown to the person who decides. */
export interface PluginDifference {
  readonly version: { readonly from: string; readonly to: string };
  readonly tools: ListDifference & { readonly changed: readonly ToolDifference[] };
  readonly permissions: Readonly<Record<keyof PluginPermissions, ListDifference>>;
  readonly secrets: ListDifference;
  /** Keys of questions; a question that differs is in both lists. */
  readonly setup: ListDifference;
  readonly commands: ListDifference;
  /** The addition to the system prompt, where it differs; an absent one is empty. */
  readonly prompt?: { readonly from: string; readonly to: string };
  /** Whether it asks for more than before: a tool, a right, a secret, a weaker protection of a tool, another text for the model. */
  readonly asksForMore: boolean;
  /** Whether the manifests are the same in all of this; the code may differ all the same. */
  readonly none: boolean;
}

/** What changes from one manifest of a plugin to another. */
export function pluginDifference(from: PluginManifest, to: PluginManifest): PluginDifference {
  const names = (tools: readonly ManifestTool[]): readonly string[] => tools.map(({ name }) => name);
  const tools = { ...lists(names(from.tools), names(to.tools)), changed: changedTools(from.tools, to.tools) };
  const permissions = {
    read: lists(from.permissions.read, to.permissions.read),
    write: lists(from.permissions.write, to.permissions.write),
    run: lists(from.permissions.run, to.permissions.run),
    net: lists(from.permissions.net, to.permissions.net),
  };
  const secrets = lists(from.secrets, to.secrets);
  const setup = named(keyed(from.setup, 'key'), keyed(to.setup, 'key'));
  const commands = named(keyed(from.commands, 'name'), keyed(to.commands, 'name'));
  const prompt = (from.prompt ?? '') === (to.prompt ?? '') ? {} : { prompt: { from: from.prompt ?? '', to: to.prompt ?? '' } };
  const all = [tools, secrets, setup, commands, ...Object.values(permissions)];
  return {
    version: { from: from.version, to: to.version },
    tools,
    permissions,
    secrets,
    setup,
    commands,
    ...prompt,
    asksForMore:
      [tools, secrets, ...Object.values(permissions)].some(({ added }) => added.length > 0) ||
      tools.changed.length > 0 ||
      (prompt.prompt?.to ?? '') !== '',
    none:
      all.every(({ added, removed }) => added.length + removed.length === 0) &&
      tools.changed.length === 0 &&
      prompt.prompt === undefined &&
      from.version === to.version,
  };
}

function lists(from: readonly string[], to: readonly string[]): ListDifference {
  return { added: to.filter((one) => !from.includes(one)), removed: from.filter((one) => !to.includes(one)) };
}

/** Names whose value is new or another, and those whose value is gone or was another. */
function named(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): ListDifference {
  const differing = (left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): readonly string[] =>
    [...left.keys()].filter((name) => left.get(name) !== right.get(name));
  return { added: differing(to, from), removed: differing(from, to) };
}

function keyed<K extends string>(values: readonly ({ readonly [key in K]: string } & object)[], key: K): ReadonlyMap<string, string> {
  return new Map(values.map((value) => [value[key], canonicalJson(value as unknown as JsonValue)]));
}

function changedTools(from: readonly ManifestTool[], to: readonly ManifestTool[]): readonly ToolDifference[] {
  return to.flatMap((tool) => {
    const old = from.find(({ name }) => name === tool.name);
    const changes = old === undefined ? [] : toolChanges(old, tool);
    return changes.length === 0 ? [] : [{ name: tool.name, changes }];
  });
}

function toolChanges(from: ManifestTool, to: ManifestTool): readonly string[] {
  const changes: string[] = [];
  if (from.effect !== to.effect) changes.push(`effect: ${from.effect} → ${to.effect}`);
  if (from.approval !== to.approval) changes.push(to.approval === 'none' ? 'runs without asking now' : 'asks before each call now');
  if (from.destinations.join() !== to.destinations.join()) {
    changes.push(`destinations: ${from.destinations.join(', ') || 'none'} → ${to.destinations.join(', ') || 'none'}`);
  }
  if (from.preview !== to.preview)
    changes.push(to.preview ? 'shows beforehand what it will do' : 'no longer shows beforehand what it will do');
  if (canonicalJson(from.parameters) !== canonicalJson(to.parameters)) changes.push('takes other arguments');
  if (from.description !== to.description) changes.push('describes itself to the model in other words');
  if (from.summary !== to.summary) changes.push('another line on the card');
  if (from.timeout !== to.timeout) changes.push(`may take ${from.timeout ?? 60} s → ${to.timeout ?? 60} s`);
  return changes;
}
