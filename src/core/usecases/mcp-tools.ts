import type { ToolProvider } from '../../ports/tool-provider.js';
import { isPyraError } from '../domain/errors.js';
import { canonicalJson, type JsonValue } from '../domain/json.js';
import type { McpRecord, McpServer, McpServerName, SeenMcpTool } from '../domain/mcp-server.js';
import { mcpToolDefinition } from '../domain/mcp-tool-definition.js';
import { mcpToolText } from '../domain/mcp-tool-text.js';
import type { SandboxTier } from '../domain/plugin.js';
import { acceptedDefinition } from '../domain/tool-definition.js';
import { configuredServers } from './mcp-configured.js';
import type { McpPorts } from './mcp-ports.js';
import { recordFaults } from './mcp-record-faults.js';
import { RunningServers } from './mcp-running-servers.js';
import { McpServerTools } from './mcp-server-tools.js';
import { fittingClasses } from './mcp-tool-fitness.js';
import type { ToolSource } from './toolbox.js';

/** A provider, and what it was made from. */
interface KnownProvider {
  readonly key: string;
  readonly provider: ToolProvider;
  readonly faults: readonly string[];
}

/**
 * The tools of the configured MCP servers, as the person has seen them: listing them starts nothing and asks no server. Without a configured
 * server nothing is loaded at all.
 */
export class McpTools implements ToolSource {
  readonly #ports: McpPorts;
  readonly #running: RunningServers;
  readonly #known = new Map<McpServerName, KnownProvider>();
  #tier: Promise<SandboxTier> | undefined;
  #closed = false;

  constructor(ports: McpPorts) {
    this.#ports = ports;
    this.#running = new RunningServers(ports);
  }

  async look(): Promise<{ readonly providers: readonly ToolProvider[]; readonly faults: readonly string[] }> {
    if (this.#closed) return { providers: [], faults: [] };
    try {
      return await this.#look();
    } catch (error) {
      if (!isPyraError(error)) throw error;
      return { providers: [], faults: [`MCP servers: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`] };
    }
  }

  /**
   * Starts the servers that are to run from the start, in the background. Resolves when nothing of it asks the person for anything any more:
   * the vault may want its passphrase. Never rejects, and what could not be started is told by {@link look}.
   */
  async warm(signal: AbortSignal): Promise<{ readonly started: Promise<void> }> {
    const ready: McpServer[] = [];
    try {
      const { servers } = await configuredServers(this.#ports);
      const early = servers.filter(({ start }) => start === 'startup');
      if (early.length === 0 || this.#closed || signal.aborted) return { started: Promise.resolve() };
      const records = await this.#ports.records();
      for (const server of early) {
        const { seen, blocked } = await records.load(server.name);
        // What nobody has looked at, or what crashed too often, is not started behind the person's back.
        if (seen.length > 0 && blocked === undefined && (await this.#running.canRead(server, signal))) ready.push(server);
      }
    } catch {
      // Settings or records that cannot be read are told by the next look.
    }
    return { started: Promise.all(ready.map((server) => this.#running.warm(server, signal))).then(() => undefined) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#known.clear();
    await this.#running.close();
  }

  async #look(): Promise<{ readonly providers: readonly ToolProvider[]; readonly faults: readonly string[] }> {
    const { servers, faults } = await configuredServers(this.#ports);
    if (servers.length === 0) {
      this.#forget([]);
      return { providers: [], faults };
    }
    const records = await this.#ports.records();
    const found = await Promise.all(servers.map(async (server) => ({ server, record: await records.load(server.name) })));
    // A server that is not to be run is no longer held; once its block is lifted, it is another one that is opened.
    this.#forget(found.filter(({ record }) => record.blocked === undefined).map(({ server }) => server));
    const known = await Promise.all(found.map(async ({ server, record }) => this.#provider(server, record)));
    return {
      providers: known.flatMap((one) => (one === undefined ? [] : [one.provider])),
      faults: [
        ...faults,
        ...found.flatMap(({ server, record }) => recordFaults(server, record).map((sentence) => `${server.name}: ${sentence}`)),
        ...known.flatMap((one) => one?.faults ?? []),
        ...this.#running.faults(),
      ],
    };
  }

  #forget(servers: readonly McpServer[]): void {
    this.#running.keep(servers);
    for (const name of this.#known.keys()) if (!servers.some((server) => server.name === name)) this.#known.delete(name);
  }

  /** The same object while settings and record are the same: what was decided about is then what is called. */
  async #provider(server: McpServer, record: McpRecord): Promise<KnownProvider | undefined> {
    if (record.blocked !== undefined || record.seen.length === 0) return undefined;
    const cautions = await this.#cautions(server);
    const seen = record.seen.map(({ verb, digest, changed }) => ({ verb, digest, offered: changed === undefined }));
    const key = canonicalJson({ server, seen, cautions } as unknown as JsonValue);
    const known = this.#known.get(server.name);
    if (known?.key === key) return known;
    const made = { key, ...this.#made(server, record, cautions) };
    this.#known.set(server.name, made);
    return made;
  }

  #made(given: McpServer, record: McpRecord, cautions: readonly string[]): Omit<KnownProvider, 'key'> {
    const ports = this.#ports;
    const { server } = fittingClasses(given, record.seen);
    const isWhole = ({ tool, digest }: SeenMcpTool): boolean => ports.system.digest(mcpToolText(tool)) === digest;
    const damaged = record.seen.filter((seen) => !isWhole(seen));
    const offered = record.seen
      .filter((seen) => seen.changed === undefined && !damaged.includes(seen))
      .map((seen) => {
        // Accepted here once, and not anew for every call of every tool.
        const definition = mcpToolDefinition(server, seen, cautions);
        const accepted = acceptedDefinition(definition);
        return { seen, definition: typeof accepted === 'string' ? definition : accepted };
      });
    return {
      provider: new McpServerTools({ server: given, offered, running: this.#running, ports }),
      faults: damaged.map(
        ({ verb }) => `${given.name}: what is stored of ${verb} is damaged, so it is not offered (pyra mcp set ${given.name})`,
      ),
    };
  }

  async #cautions({ name, reach }: McpServer): Promise<readonly string[]> {
    if (reach.kind !== 'program') return [];
    this.#tier ??= this.#ports.host().then((host) => host.tier());
    try {
      const { tier, reason } = await this.#tier;
      if (tier === 'bwrap') return [];
      return [`the MCP server ${name} is not kept in: it can do whatever you can (bubblewrap does not work here: ${reason})`];
    } catch {
      this.#tier = undefined;
      return [`nobody knows whether the MCP server ${name} is kept in: it may do whatever you can`];
    }
  }
}
