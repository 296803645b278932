import { mcpReach } from './mcp-reach.js';
import type { McpProgram, McpServer, McpToolClass } from './mcp-server.js';
import { isMcpServerName } from './mcp-server-name.js';
import { type McpSettingsFault, McpSettingsReader } from './mcp-settings-reader.js';
import { mcpToolClasses } from './mcp-tool-classes.js';
import { mcpValueText } from './mcp-value.js';
import { isOwnName } from './own-names.js';
import type { McpServerSettings, McpToolSettings, Settings } from './settings.js';

const MAX_SERVERS = 64;
const KEYS = ['command', 'args', 'env', 'read', 'write', 'net', 'url', 'headers', 'start', 'tools'];

/** What the `mcp.servers` block of the settings came to. */
export interface McpServersReading {
  /** Those without a fault, sorted by name. */
  readonly servers: readonly McpServer[];
  readonly faults: readonly McpSettingsFault[];
}

/** The servers that the settings name. The block may be anything: it was written by hand. Every fault is named by its path. */
export function mcpServersOf(given: Settings['mcp']['servers']): McpServersReading {
  const faults: McpSettingsFault[] = [];
  const names = new McpSettingsReader({ servers: given as never }, [], []).members('servers', MAX_SERVERS + 1);
  if (names.length > MAX_SERVERS) faults.push({ path: [], sentence: `has too many servers; at most ${MAX_SERVERS} are allowed` });
  const servers = names.slice(0, MAX_SERVERS).flatMap(([name, value]) => {
    const before = faults.length;
    const server = readServer(name, value, faults);
    return server === undefined || faults.length > before ? [] : [server];
  });
  return { servers: servers.sort((left, right) => (left.name < right.name ? -1 : 1)), faults };
}

/** A server as it stands in the settings; what says nothing new is left out. {@link mcpServersOf} gives it back. */
export function mcpServerSettings({ reach, start, tools }: McpServer): McpServerSettings {
  const classes = Object.entries(tools).map(([verb, one]) => [verb, classSettings(one)]);
  return {
    ...(reach.kind === 'program'
      ? programSettings(reach)
      : { url: reach.url, ...(isEmpty(reach.headers) ? {} : { headers: valueTexts(reach.headers) }) }),
    ...(start === 'first-use' ? {} : { start }),
    ...(classes.length === 0 ? {} : { tools: Object.fromEntries(classes) }),
  };
}

function readServer(name: string, value: unknown, faults: McpSettingsFault[]): McpServer | undefined {
  if (!isMcpServerName(name)) {
    faults.push({ path: [name], sentence: 'is no name for a server: lower-case letters, digits and -, at most 32, such as issues' });
    return undefined;
  }
  if (isOwnName(name)) faults.push({ path: [name], sentence: 'is a name that Pyra keeps for itself' });
  const reader = new McpSettingsReader(value, [name], faults, KEYS);
  const reach = mcpReach(reader);
  const start = reader.choice('start', ['first-use', 'startup']) ?? 'first-use';
  const tools = mcpToolClasses(reader, name, faults);
  return reach === undefined ? undefined : { name, reach, start, tools };
}

function programSettings({ command, args, env, read, write, net }: McpProgram): McpServerSettings {
  return {
    command,
    ...(args.length === 0 ? {} : { args }),
    ...(isEmpty(env) ? {} : { env: valueTexts(env) }),
    ...(read.length === 0 ? {} : { read }),
    ...(write.length === 0 ? {} : { write }),
    ...(net.length === 0 ? {} : { net }),
  };
}

function classSettings({ effect, approval, destinations }: McpToolClass): McpToolSettings {
  return { effect, ...(approval === 'none' ? { approval } : {}), ...(destinations.length === 0 ? {} : { destinations }) };
}

function valueTexts(values: McpProgram['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mcpValueText(value)]));
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}
