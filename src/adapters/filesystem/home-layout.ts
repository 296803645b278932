import { relative, sep } from 'node:path';
import type { HomePaths } from '../support/home-paths.js';

/** One entry of the home that is looked at on every start. */
export interface HomeEntry {
  readonly path: string;
  readonly kind: 'directory' | 'file';
  readonly mode: number;
}

const directory = (path: string): HomeEntry => ({ path, kind: 'directory', mode: 0o700 });
const file = (path: string, mode = 0o600): HomeEntry => ({ path, kind: 'file', mode });

/** The folders that every home has, parents first; the vault is made apart, together with its sentinel. */
export function homeFolders(paths: HomePaths): readonly HomeEntry[] {
  const memory = ['user', 'context', 'knowledge'].map((name) => directory(`${paths.memory}/${name}`));
  return [
    directory(paths.memory),
    ...memory,
    directory(paths.conversations),
    directory(paths.plugins),
    directory(paths.logs),
    directory(paths.run),
    directory(paths.state),
  ];
}

/** What may be there besides: looked at when it is, never made here. */
export function homeFiles(paths: HomePaths): readonly HomeEntry[] {
  return [
    file(paths.config),
    file(paths.securityLog),
    file(paths.securityAudit),
    file(paths.toolExecutionsLog),
    file(paths.logsHead),
    file(`${paths.run}/token`),
    directory(paths.vault),
    file(paths.vaultSentinel, 0o400),
    file(paths.keyring, 0o400),
    directory(paths.secrets),
    directory(paths.profiles),
    directory(paths.pluginState),
    directory(paths.mcpState),
    directory(paths.mcp),
  ];
}

/** The widest mode that a path below the home may have: what the vault holds is read-only, plugins may bring programs, MCP servers may keep some. */
export function widestMode(paths: HomePaths, path: string, isDirectory: boolean): number {
  if (isDirectory) return 0o700;
  const [top] = relative(paths.root, path).split(sep);
  if (top === 'vault' && !path.endsWith('.lock')) return 0o400;
  return top === 'plugins' || top === 'mcp' ? 0o700 : 0o600;
}
