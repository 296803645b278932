import type { McpListing, OpenMcpServer } from '../../ports/mcp-host.js';
import { isPyraError, PyraError } from '../domain/errors.js';
import { canonicalJson, type JsonValue } from '../domain/json.js';
import type { McpServer, McpServerName } from '../domain/mcp-server.js';
import { type ListedMcpTools, listedTools } from './mcp-comparison.js';
import { markChanges } from './mcp-marking.js';
import type { McpPorts } from './mcp-ports.js';
import { mcpSecretNames } from './mcp-secrets.js';
import { McpServerDesk } from './mcp-server-desk.js';

/** A listing of a running server, with its tools by their verbs. */
export interface RunningListing {
  readonly listing: McpListing;
  readonly listed: ListedMcpTools;
  /** Whether it was compared with the record for this one; else that was done before, and everything that is offered fitted then. */
  readonly isNew: boolean;
}

interface Running {
  /** How it is reached: as long as that stays, it is the same server, whatever is said of its tools. */
  readonly reach: string;
  readonly open: Promise<OpenMcpServer>;
  started: boolean;
}

/** The servers that this process has opened. They are started when something of them is first asked for. */
export class RunningServers {
  readonly #ports: McpPorts;
  readonly #running = new Map<McpServerName, Running>();
  readonly #known = new WeakMap<McpListing, ListedMcpTools>();
  readonly #faults = new Map<McpServerName, string>();
  #closed = false;
  /** Why the vault could not be opened before: the person is not asked again for what nobody called. */
  #locked: PyraError | undefined;

  constructor(ports: McpPorts) {
    this.#ports = ports;
  }

  /** Why servers could not be started in the background, one sentence each, until they are reached. */
  faults(): readonly string[] {
    return [...this.#faults.values()];
  }

  /** What a server lists now; starts it when it does not run. A listing that is new is compared with the record first. */
  async listing(server: McpServer, signal: AbortSignal, progress: (text: string) => void): Promise<RunningListing> {
    const running = this.#of(server);
    const isStart = !running.started;
    if (isStart) {
      // The vault may ask for its passphrase: whoever shows what is going on has not begun yet.
      for (const name of mcpSecretNames(server)) await this.#ports.secrets.get(name);
      progress(`${server.reach.kind === 'program' ? 'starting' : 'connecting to'} ${server.name}`);
    }
    const listing = await (await running.open).listing(signal);
    // Many servers say nothing while they work: what takes long now is not their start.
    if (isStart) progress(`waiting for ${server.name}`);
    running.started = true;
    this.#faults.delete(server.name);
    const known = this.#known.get(listing);
    if (known !== undefined) return { listing, listed: known, isNew: false };
    const listed = listedTools(server.name, listing.tools, (text) => this.#ports.system.digest(text));
    await markChanges(this.#ports, server.name, listed);
    this.#known.set(listing, listed);
    return { listing, listed, isNew: true };
  }

  /** Starts a server in the background; that it cannot be started is a fault, and no more. */
  async warm(server: McpServer, signal: AbortSignal): Promise<void> {
    try {
      await this.listing(server, signal, () => undefined);
    } catch (error) {
      this.#cannotStart(server, signal, error);
    }
  }

  /** Whether the secrets of a server can be read; the vault may ask for its passphrase, once for all servers. That they cannot is a fault. */
  async canRead(server: McpServer, signal: AbortSignal): Promise<boolean> {
    const names = mcpSecretNames(server);
    try {
      if (names.length > 0 && this.#locked !== undefined) throw this.#locked;
      for (const name of names) await this.#ports.secrets.get(name);
      return true;
    } catch (error) {
      if (isPyraError(error, 'vault/locked')) this.#locked = error;
      this.#cannotStart(server, signal, error);
      return false;
    }
  }

  #cannotStart({ name }: McpServer, signal: AbortSignal, error: unknown): void {
    if (signal.aborted || this.#closed) return;
    const why = isPyraError(error) ? `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}` : 'it broke';
    this.#faults.set(name, this.#ports.redactor.redact(`${name}: could not be started: ${why}`));
  }

  /** Closes a server, so that it is started anew when something of it is asked for. */
  restart({ name }: McpServer): void {
    const running = this.#running.get(name);
    if (running !== undefined) this.#drop(name, running);
  }

  /** Closes every server that is not among these, or is reached in another way now. */
  keep(servers: readonly McpServer[]): void {
    for (const [name, running] of this.#running) {
      const now = servers.find((server) => server.name === name);
      if (now !== undefined && reachOf(now) === running.reach) continue;
      this.#drop(name, running);
    }
    for (const name of this.#faults.keys()) if (!servers.some((server) => server.name === name)) this.#faults.delete(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#running.values()];
    this.#running.clear();
    await Promise.allSettled(all.map(async ({ open }) => (await open).close()));
  }

  #of(server: McpServer): Running {
    if (this.#closed) throw new PyraError('mcp/unreachable', `the MCP server ${server.name} is not started: Pyra is ending`);
    const known = this.#running.get(server.name);
    const reach = reachOf(server);
    if (known?.reach === reach) return known;
    if (known !== undefined) this.#drop(server.name, known);
    const open = (async () => (await this.#ports.host()).open(server, new McpServerDesk(server, this.#ports)))();
    const running = { reach, open, started: false };
    this.#running.set(server.name, running);
    open.catch(() => {
      if (this.#running.get(server.name) === running) this.#running.delete(server.name);
    });
    return running;
  }

  #drop(name: McpServerName, running: Running): void {
    this.#running.delete(name);
    void running.open.then((open) => open.close()).catch(() => undefined);
  }
}

/** Stands for everything that decides what is started or reached, and with what. */
export function reachOf({ name, reach }: McpServer): string {
  return canonicalJson({ name, reach } as unknown as JsonValue);
}
