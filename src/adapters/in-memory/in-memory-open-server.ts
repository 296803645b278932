import { PyraError } from '../../core/domain/errors.js';
import { millisecondsOf } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { McpServer, McpTool, McpValue } from '../../core/domain/mcp-server.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import type { McpDesk, McpListing, OpenMcpServer } from '../../ports/mcp-host.js';
import type { System } from '../../ports/system.js';
import { InMemoryCrash } from './in-memory-open-plugin.js';

/** What a tool of an in-memory server can use besides its arguments. */
export interface InMemoryMcpContext {
  /** The values that the server was started with: its environment, or the headers of its requests. */
  readonly values: Readonly<Record<string, string>>;
  progress(text: string): void;
  /** Offers these tools from now on, and says so. */
  change(tools: readonly InMemoryMcpTool[]): void;
  readonly signal: AbortSignal;
}

/** A tool as a function of this process. A text is a success; an Error that it throws an expected failure, an InMemoryCrash the end of its server. */
export interface InMemoryMcpTool {
  readonly tool: McpTool;
  run(args: JsonObject, context: InMemoryMcpContext): ToolOutput | string | Promise<ToolOutput | string>;
}

/** A server as it is after its start. */
export interface InMemoryMcpServer {
  readonly title: string;
  readonly tools: readonly InMemoryMcpTool[];
}

/** What an open server is made from. */
export interface InMemoryOpenServerParts {
  readonly server: McpServer;
  readonly desk: McpDesk;
  readonly system: Pick<System, 'now' | 'wait'>;
  readonly load: () => InMemoryMcpServer;
}

const CRASHES_MS = 60_000;
const MAX_CRASHES = 3;

interface Running {
  readonly values: Readonly<Record<string, string>>;
  readonly title: string;
  tools: readonly InMemoryMcpTool[];
  readonly gone: AbortController;
}

/** One server of {@link InMemoryMcpHost}: the life of a process, with functions in the place of one. */
export class InMemoryOpenServer implements OpenMcpServer {
  readonly #parts: InMemoryOpenServerParts;
  #running: Running | undefined;
  #listing: McpListing | undefined;
  #crashes: readonly number[] = [];
  #blocked: string | undefined;
  #closed = false;

  constructor(parts: InMemoryOpenServerParts) {
    this.#parts = parts;
  }

  async listing(signal: AbortSignal): Promise<McpListing> {
    signal.throwIfAborted();
    this.#mustBeAllowed();
    if (this.#crashes.length > 0 && this.#running === undefined) await this.#parts.system.wait(1_000, signal);
    const running = this.#running ?? (await this.#start());
    this.#listing ??= this.#list(running);
    return this.#listing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end('was closed');
  }

  async #start(): Promise<Running> {
    const { server, load } = this.#parts;
    const { reach } = server;
    const values = await this.#values(reach.kind === 'program' ? reach.env : reach.headers);
    this.#mustBeAllowed();
    // Somebody may have started it meanwhile.
    if (this.#running !== undefined) return this.#running;
    this.#running = { ...load(), values, gone: new AbortController() };
    this.#listing = undefined;
    return this.#running;
  }

  async #values(given: Readonly<Record<string, McpValue>>): Promise<Readonly<Record<string, string>>> {
    const { server, desk } = this.#parts;
    const values: [string, string][] = [];
    for (const [key, { text, secret }] of Object.entries(given)) {
      const value = secret === undefined ? undefined : await desk.secret(secret);
      if (secret !== undefined && value === undefined) {
        throw new PyraError('not-found', `the MCP server ${server.name} needs the secret ${secret}, and the vault has none of that name`, {
          hint: `pyra vault set ${secret}`,
        });
      }
      values.push([key, text + (value?.reveal() ?? '')]);
    }
    return Object.fromEntries(values);
  }

  #list(running: Running): McpListing {
    const { tools, title } = running;
    const listing: McpListing = {
      title,
      tools: tools.map(({ tool }) => tool),
      faults: [],
      call: async (name, args, signal, progress) => {
        signal.throwIfAborted();
        if (this.#listing !== listing) return undefined;
        const found = tools.find(({ tool }) => tool.name === name);
        if (found === undefined) return { text: 'the server has no such tool', outcome: 'failed' };
        return this.#call(running, found, args, signal, progress);
      },
    };
    return listing;
  }

  async #call(
    running: Running,
    { run }: InMemoryMcpTool,
    args: JsonObject,
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<ToolOutput> {
    const context: InMemoryMcpContext = {
      values: running.values,
      progress,
      change: (tools) => {
        running.tools = tools;
        this.#listing = undefined;
      },
      signal,
    };
    const ended = Promise.withResolvers<never>();
    const end = (): void => ended.reject(signal.aborted ? signal.reason : running.gone.signal.reason);
    for (const one of [signal, running.gone.signal]) one.addEventListener('abort', end, { once: true });
    try {
      const output = await Promise.race([(async () => run(args, context))(), ended.promise]);
      return typeof output === 'string' ? { text: output } : output;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof InMemoryCrash) await this.#crashed(error.message);
      return { text: this.#words(error), outcome: 'failed' };
    } finally {
      for (const one of [signal, running.gone.signal]) one.removeEventListener('abort', end);
    }
  }

  #words(error: unknown): string {
    if (!(error instanceof InMemoryCrash)) return error instanceof Error ? error.message : String(error);
    const last = this.#blocked === undefined ? '' : '; it is not run any more before the person has looked at it';
    return `the MCP server ${this.#parts.server.name} ${error.message}; the call may have had its effect${last}`;
  }

  async #crashed(reason: string): Promise<void> {
    this.#end(reason);
    const now = millisecondsOf(this.#parts.system.now());
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES_MS), now];
    if (this.#crashes.length < MAX_CRASHES) return;
    this.#blocked = `it crashed ${MAX_CRASHES} times within a minute; the last time it ${reason}`;
    await this.#parts.desk.block(this.#blocked);
  }

  #end(reason: string): void {
    this.#running?.gone.abort(new InMemoryCrash(reason));
    this.#running = undefined;
    this.#listing = undefined;
  }

  #mustBeAllowed(): void {
    const { name } = this.#parts.server;
    if (this.#closed) throw new PyraError('mcp/unreachable', `the MCP server ${name} was closed`);
    if (this.#blocked !== undefined) {
      throw new PyraError('mcp/unreachable', `the MCP server ${name} is not run any more before you have looked at it: ${this.#blocked}`, {
        hint: `pyra mcp set ${name}`,
      });
    }
  }
}
