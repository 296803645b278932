import type { SecretName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { McpServer, McpTool } from '../../src/core/domain/mcp-server.js';
import type { SandboxTier } from '../../src/core/domain/plugin.js';
import type { ToolOutput } from '../../src/core/domain/tool.js';
import type { McpDesk, McpHost, McpListing, OpenMcpServer } from '../../src/ports/mcp-host.js';

/** A server of a test: what it lists and answers can be changed while it runs. */
export class ScriptedMcpServer {
  /** What a new process lists; one that runs goes on with its own. */
  tools: readonly McpTool[];
  faults: readonly string[] = [];
  /** Thrown by the next start. */
  failure: unknown;
  /** What a call answers; a throw comes out of the call. */
  answer: (name: string, args: JsonObject) => Promise<ToolOutput> | ToolOutput = (name) => ({ text: `answer of ${name}` });
  /** The secret that it is started with, if any; its value is kept in `secret`. */
  asks: SecretName | undefined;
  secret: string | undefined;
  /** What came to it, in order. */
  readonly calls: { readonly name: string; readonly args: JsonObject }[] = [];
  started = 0;
  closed = 0;
  /** The desks that it was opened with. */
  readonly desks: McpDesk[] = [];
  /** Run in front of each call, such as for a change of the list at the last moment. */
  beforeCall: (() => void) | undefined;
  #version = 0;

  constructor(tools: readonly McpTool[]) {
    this.tools = tools;
  }

  /** What it lists from now on, also where it runs: listings that were given before do not hold any more. */
  change(tools: readonly McpTool[]): void {
    this.tools = tools;
    this.#version += 1;
  }

  open(desk: McpDesk): OpenMcpServer {
    this.desks.push(desk);
    let isStarted = false;
    let listing: { readonly version: number; readonly value: McpListing } | undefined;
    return {
      listing: async (signal) => {
        signal.throwIfAborted();
        if (!isStarted) {
          this.started += 1;
          if (this.failure !== undefined) throw this.failure;
          if (this.asks !== undefined) this.secret = (await desk.secret(this.asks))?.reveal();
          isStarted = true;
        }
        if (listing?.version !== this.#version) listing = { version: this.#version, value: this.#listed() };
        return listing.value;
      },
      close: async () => {
        if (isStarted) this.closed += 1;
        isStarted = false;
        listing = undefined;
      },
    };
  }

  #listed(): McpListing {
    const version = this.#version;
    return {
      tools: this.tools,
      faults: this.faults,
      title: 'a server',
      call: async (name, args, signal, progress) => {
        this.beforeCall?.();
        if (this.#version !== version) return undefined;
        signal.throwIfAborted();
        this.calls.push({ name, args });
        progress('half of it');
        return this.answer(name, args);
      },
    };
  }
}

/** A host of such servers, by their names. */
export class ScriptedMcpHost implements McpHost {
  readonly servers = new Map<string, ScriptedMcpServer>();
  answerTier: () => Promise<SandboxTier> = async () => ({ tier: 'bwrap', reason: '', networkEnforced: true });
  tiersAsked = 0;

  open({ name }: McpServer, desk: McpDesk): OpenMcpServer {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`the test has no server ${name}`);
    return server.open(desk);
  }

  tier(): Promise<SandboxTier> {
    this.tiersAsked += 1;
    return this.answerTier();
  }
}
