import { isPyraError } from '../../core/domain/errors.js';
import type { McpServerStatus } from '../../core/domain/mcp-inspection.js';
import type { Settings } from '../../core/domain/settings.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { Check } from './doctor-checks.js';
import { CONFINEMENT_FIX, confinementWords } from './mcp-words.js';

const WORST = { ready: 'note', blocked: 'problem', changed: 'problem', 'not seen': 'note', 'needs secrets': 'note' } as const;

/**
 * The MCP servers that are not as the person may expect: not kept in, blocked, changed, never looked at, without their secrets. Nothing of
 * them is started, and nothing is loaded where none is configured.
 */
export async function checkServers({ mcp }: Pick<Foundation, 'mcp'>, settings: Settings): Promise<readonly Check[]> {
  if (Object.keys(settings.mcp.servers).length === 0) return [];
  try {
    const servers = await mcp.list();
    const faults = [
      ...(await mcp.faults()).map((message): Check => ({ check: 'mcp', status: 'problem', message, fix: 'pyra config edit' })),
      ...servers.flatMap(faultsOf),
    ];
    const tools = servers.reduce((sum, { tools: all }) => sum + all.filter(({ state }) => state === 'offered').length, 0);
    const sound: readonly Check[] =
      faults.length > 0
        ? faults
        : [{ check: 'mcp', status: 'ok', message: `${counted(servers.length, 'server')}, ${counted(tools, 'tool')}` }];
    return [...sound, ...(await confinement(mcp, servers))];
  } catch (error) {
    if (!isPyraError(error)) throw error;
    return [{ check: 'mcp', status: 'problem', message: error.message, fix: error.hint ?? 'pyra mcp list' }];
  }
}

function faultsOf({ server, state, faults }: McpServerStatus): readonly Check[] {
  if (state === 'ready' && faults.length === 0) return [];
  const message = `${server.name}: ${faults.length === 0 ? state : faults.join('; ')}`;
  // The sentences of the shelf say what to do.
  const fix = faults.length === 0 ? { fix: `pyra mcp set ${server.name}` } : {};
  return [{ check: 'mcp', status: WORST[state], message, ...fix }];
}

async function confinement(mcp: Pick<Foundation['mcp'], 'tier'>, servers: readonly McpServerStatus[]): Promise<readonly Check[]> {
  const programs = servers.filter(({ server }) => server.reach.kind === 'program').map(({ server }) => server.name);
  if (programs.length === 0) return [];
  const tier = await mcp.tier();
  const [kept, meaning] = confinementWords(tier);
  if (tier.tier === 'bwrap') return [{ check: 'mcp', status: 'ok', message: `MCP servers that are programs run in ${kept}: ${meaning}` }];
  const message = `${programs.join(', ')}: ${meaning}`;
  return [{ check: 'mcp', status: 'note', message, ...(CONFINEMENT_FIX === undefined ? {} : { fix: CONFINEMENT_FIX }) }];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
