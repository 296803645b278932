import { join } from 'node:path';
import { InMemorySystem } from '../../../src/adapters/in-memory/in-memory-system.js';
import { ClientSession } from '../../../src/adapters/mcp/client-session.js';
import { ProgramLauncher } from '../../../src/adapters/mcp/program-launcher.js';
import { SdkMcpHost } from '../../../src/adapters/mcp/sdk-mcp-host.js';
import type { ServerLaunch, StartsServers } from '../../../src/adapters/mcp/starts-servers.js';
import type { LaunchedChild } from '../../../src/adapters/support/sandbox/launched-child.js';
import { isPyraError, type PyraError } from '../../../src/core/domain/errors.js';
import type { JsonObject } from '../../../src/core/domain/json.js';
import type { McpProgram, McpServer, McpServerName } from '../../../src/core/domain/mcp-server.js';
import type { SandboxTier } from '../../../src/core/domain/plugin.js';
import type { ToolOutput } from '../../../src/core/domain/tool.js';
import type { McpListing, OpenMcpServer } from '../../../src/ports/mcp-host.js';
import type { System } from '../../../src/ports/system.js';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';
import { MemoryMcpDesk } from './memory-mcp-desk.js';
import { type ServerScript, scriptedProgram } from './scripted-server.js';

const never = new AbortController().signal;

/** Resolves after so many milliseconds of real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A configured server of this name. */
export function mcpServer(reach: McpServer['reach'], name = 'scripted'): McpServer {
  return { name: name as McpServerName, reach, start: 'first-use', tools: {} };
}

/** Counts what it starts. */
class CountedLauncher implements StartsServers {
  readonly children: LaunchedChild[] = [];
  readonly #inner: StartsServers;

  constructor(inner: StartsServers) {
    this.#inner = inner;
  }

  async launch(request: ServerLaunch): Promise<LaunchedChild> {
    const child = await this.#inner.launch(request);
    this.children.push(child);
    return child;
  }

  tier(): Promise<SandboxTier> {
    return this.#inner.tier();
  }
}

/** One scripted server, opened by the host of Pyra itself in a home of its own, with all that can be seen of it. */
export interface OpenedServer {
  readonly open: OpenMcpServer;
  readonly desk: MemoryMcpDesk;
  readonly system: InMemorySystem;
  /** What was written to the log of errors. */
  readonly log: string[];
  /** Every process that was started. */
  readonly children: readonly LaunchedChild[];
  listing(signal?: AbortSignal): Promise<McpListing>;
  /** Calls a tool of the listing as it is now; `undefined` never: that listing holds. */
  call(name: string, args?: JsonObject, signal?: AbortSignal, progress?: (text: string) => void): Promise<ToolOutput>;
  /** Asks for the tools, and gives the `mcp/unreachable` that is thrown; throws when it is something else. */
  unreachable(): Promise<PyraError>;
  /** Resolves once this was written to the log. */
  logged(text: string): Promise<void>;
  /** The first process, once it is started. */
  child(): Promise<LaunchedChild>;
  dispose(): Promise<void>;
}

/** What an opened server may be opened with. */
export interface OpenedServerOptions {
  readonly grants?: Partial<McpProgram>;
  readonly tier?: 'bwrap' | 'plain';
  /** Its own clock, which stands still, by default. */
  readonly system?: System;
  readonly redact?: (text: string) => string;
}

/** Opens a scripted server. */
function openedServer(script: ServerScript, options: OpenedServerOptions = {}): OpenedServer {
  const { grants = {}, tier = 'plain', redact = (text) => text } = options;
  const folder = temporaryFolder();
  const system = new InMemorySystem();
  const launcher = new CountedLauncher(new ProgramLauncher({ home: join(folder, 'home'), tier }));
  const log: string[] = [];
  const host = new SdkMcpHost({
    launcher,
    address: () => {
      throw new Error('no address is used here');
    },
    session: async () => (connection, parts) => new ClientSession(connection, parts),
    system: options.system ?? system,
    redact,
    log: { write: (_name, text) => log.push(text), flush: async () => undefined },
  });
  const desk = new MemoryMcpDesk();
  const open = host.open(mcpServer(scriptedProgram(script, grants)), desk);
  return {
    open,
    desk,
    system,
    log,
    children: launcher.children,
    listing: (signal = never) => open.listing(signal),
    call: async (name, args = {}, signal = never, progress = () => undefined) => {
      const output = await (await open.listing(signal)).call(name, args, signal, progress);
      if (output === undefined) throw new Error('the listing does not hold');
      return output;
    },
    unreachable: async () => {
      const error = await open.listing(never).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!isPyraError(error, 'mcp/unreachable')) throw new Error(`not mcp/unreachable: ${error}`);
      return error;
    },
    logged: async (text) => {
      while (!log.some((line) => line.includes(text))) await pause(5);
    },
    child: async () => {
      for (;;) {
        const [first] = launcher.children;
        if (first !== undefined) return first;
        await pause(5);
      }
    },
    dispose: async () => {
      await open.close();
      removeFolder(folder);
    },
  };
}

/**
 * For a suite whose tests open one scripted server each: gives what opens it, tells `made` of it, and lets go of it and of its processes behind
 * each test.
 */
export function opensServers(made: (opened: OpenedServer) => void): (script: ServerScript, options?: OpenedServerOptions) => void {
  let opened: OpenedServer | undefined;
  afterEach(async () => {
    await opened?.dispose();
    await Promise.all(opened?.children.map(({ ended }) => ended) ?? []);
  });
  return (script, options = {}) => {
    opened = openedServer(script, options);
    made(opened);
  };
}
