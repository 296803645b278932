import { join } from 'node:path';

/** Every path of a home by its name. */
export interface HomePaths {
  readonly root: string;
  readonly config: string;
  readonly securityLog: string;
  readonly securityAudit: string;
  readonly memory: string;
  readonly conversations: string;
  readonly plugins: string;
  readonly logs: string;
  readonly toolExecutionsLog: string;
  /** The lock that is held for each entry of either log. */
  readonly logsLock: string;
  /** The last entry of each log, so that a cut tail shows. */
  readonly logsHead: string;
  readonly run: string;
  readonly state: string;
  readonly history: string;
  readonly usage: string;
  /** What `config.yaml` said when it was last read: spares each start the parser. */
  readonly settingsCache: string;
  /** What is known of each installed plugin, out of its reach. */
  readonly pluginState: string;
  /** What is known of each MCP server, out of its reach. */
  readonly mcpState: string;
  /** The data folders of MCP servers that are programs. */
  readonly mcp: string;
  readonly vault: string;
  /** The sentinel: missing in an existing home = refuse to start. */
  readonly vaultSentinel: string;
  readonly keyring: string;
  readonly secrets: string;
  readonly profiles: string;
}

/** The paths below a home's absolute path. */
export function homePaths(root: string): HomePaths {
  const logs = join(root, 'logs');
  const state = join(root, 'state');
  const vault = join(root, 'vault');
  return {
    root,
    config: join(root, 'config.yaml'),
    securityLog: join(root, 'security.log'),
    securityAudit: join(root, 'security_audit.md'),
    memory: join(root, 'memory'),
    conversations: join(root, 'conversations'),
    plugins: join(root, 'plugins'),
    logs,
    toolExecutionsLog: join(logs, 'tool_executions.log'),
    logsLock: join(logs, '.lock'),
    logsHead: join(logs, '.head'),
    run: join(root, 'run'),
    state,
    history: join(state, 'history'),
    usage: join(state, 'usage.jsonl'),
    settingsCache: join(state, 'settings.json'),
    pluginState: join(state, 'plugins'),
    mcpState: join(state, 'mcp'),
    mcp: join(root, 'mcp'),
    vault,
    vaultSentinel: join(vault, '.vault_lock'),
    keyring: join(vault, 'keyring.age'),
    secrets: join(vault, 'secrets'),
    profiles: join(root, 'profiles'),
  };
}
