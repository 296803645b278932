import type { SandboxTier } from '../../core/domain/plugin.js';
import type { ManifestTool, PluginPermissions } from '../../core/domain/plugin-manifest.js';
import type { ToolEffect } from '../../core/domain/tool.js';
import { visibleLine } from './visible-line.js';

/** The most characters of hosts in one line. */
const LINE = 78;

/** What the effect of a tool means to the person. */
export const EFFECT_WORDS: Readonly<Record<ToolEffect, string>> = {
  read: 'looks something up and changes nothing',
  egress: 'sends what the assistant writes to others',
  write: 'makes or changes things of yours',
  destructive: 'removes or replaces things of yours',
};

/** When a tool asks. */
export function askingWords({ approval }: Pick<ManifestTool, 'approval'>): string {
  return approval === 'none' ? 'runs without asking' : 'asks you each time';
}

/** What a plugin may reach, one sentence each; what it may not reach is said too, since that is what protects. */
export function permissionWords(permissions: PluginPermissions): readonly string[] {
  const { net, read, write } = permissions;
  return [
    ...(net.length === 0 ? ['no network'] : []),
    ...(read.length + write.length === 0 ? ['no files but its own'] : []),
    ...reachWords(permissions),
  ];
}

/** The same without what it may not reach. */
export function reachWords({ net, read, write, run }: PluginPermissions): readonly string[] {
  return [
    ...net.filter((rule) => rule.includes('{')).map((rule) => `network: ${netWords(rule)}`),
    ...inLines(net.filter((rule) => !rule.includes('{')).map(netWords)).map((hosts) => `network: ${hosts}`),
    ...read.map((folder) => `may read ${visibleLine(folder)}`),
    ...write.map((folder) => `may read and change ${visibleLine(folder)}`),
    ...(run.length === 0 ? [] : [`may run programs: ${run.map(visibleLine).join(', ')}`, RUN_WARNING]),
  ];
}

/** Said wherever a plugin may start programs. */
export const RUN_WARNING = 'a plugin that may run programs is as strong as you are: the sandbox does not hold what it starts';

/** The sandbox of this machine in one line, and what it means in another. */
export function tierWords({ tier, reason, networkEnforced }: SandboxTier): readonly [string, string] {
  const why = reason === '' ? '' : ` (${visibleLine(reason)})`;
  const network = networkEnforced ? 'the network is closed but for what is listed' : 'the network is NOT closed: it can reach any address';
  switch (tier) {
    case 'bwrap':
      return [`bwrap${why}`, `it sees only its own files and what is listed; ${network}`];
    case 'unshare':
      return [
        `unshare${why}`,
        `Node keeps it to its own files and what is listed; ${network}; local sockets of yours stay within its reach`,
      ];
    case 'plain':
      return [
        `plain${why}`,
        networkEnforced
          ? `Node keeps it to its own files and what is listed; ${network}; Node does not promise to hold malicious code`
          : `Node keeps it to its own files and what is listed; ${network}, every local socket of yours, and signal your programs`,
      ];
  }
}

function netWords(rule: string): string {
  const address = /^\{settings\.([a-z0-9_]+)\}$/.exec(rule)?.[1];
  if (address !== undefined) return `the server and port of the address that you name in its setup (${address})`;
  const at = rule.lastIndexOf(':');
  const [host, port] = [rule.slice(0, at), rule.slice(at + 1)];
  const setting = /^\{settings\.([a-z0-9_]+)\}$/.exec(host)?.[1];
  const portSetting = /^\{settings\.([a-z0-9_]+)\}$/.exec(port)?.[1];
  const where =
    setting !== undefined
      ? `the server that you name in its setup (${setting})`
      : host.startsWith('*.')
        ? `every host that ends in ${visibleLine(host.slice(1))}`
        : visibleLine(host);
  if (setting === undefined && portSetting === undefined) return `${where} port ${visibleLine(port)}`;
  return `${where}, port ${portSetting === undefined ? visibleLine(port) : `of its setup (${portSetting})`}`;
}

/** Words one after another, in as few lines as are pleasant to read. */
function inLines(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > LINE) lines.push(word);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines;
}
