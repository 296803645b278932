import { PyraError } from '../domain/errors.js';
import type { McpServer } from '../domain/mcp-server.js';
import { mcpServersOf } from '../domain/mcp-settings.js';
import { nearestWord } from '../domain/nearest-word.js';
import type { Settings } from '../domain/settings.js';
import type { McpPorts } from './mcp-ports.js';

/** The servers as the settings have them now, and one sentence for whatever in them cannot be used. */
export interface ConfiguredServers {
  readonly servers: readonly McpServer[];
  readonly faults: readonly string[];
}

/** Looks which servers are configured. */
export async function configuredServers({ settings }: Pick<McpPorts, 'settings'>): Promise<ConfiguredServers> {
  return serversIn(await settings.load());
}

/** The configured server of a name. `not-found` names the nearest; `settings/invalid` when its settings cannot be used. */
export async function serverNamed(ports: Pick<McpPorts, 'settings'>, name: string): Promise<McpServer> {
  const settings = await ports.settings.load();
  refuseUnknown(settings, name);
  const { servers, faults } = serversIn(settings);
  const found = servers.find((server) => server.name === name);
  if (found !== undefined) return found;
  throw new PyraError('settings/invalid', `the MCP server ${name} cannot be used: ${faults.join('; ')}`, {
    hint: `pyra config edit, or remove it: pyra mcp remove ${name}`,
  });
}

/** Throws `not-found` when the settings have no server of a name. */
export function refuseUnknown({ mcp }: Settings, name: string): void {
  if (Object.hasOwn(mcp.servers, name)) return;
  const near = nearestWord(name, Object.keys(mcp.servers));
  throw new PyraError('not-found', `there is no MCP server ${JSON.stringify(name.slice(0, 80))}`, {
    hint: near === undefined ? 'pyra mcp list shows all' : `did you mean: ${near}`,
  });
}

function serversIn({ mcp }: Settings): ConfiguredServers {
  const { servers, faults } = mcpServersOf(mcp.servers);
  return { servers, faults: faults.map(({ path, sentence }) => `${['mcp.servers', ...path].join('.')}: ${sentence}`) };
}
