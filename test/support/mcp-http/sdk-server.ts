import { randomUUID } from 'node:crypto';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { type EventStore, StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { type ScriptedHttpServer, startHttpServer } from './http-server.js';

/** What kind of server of the SDK is wanted. */
export interface SdkServerOptions {
  /** Without them each request stands for itself. */
  readonly sessions: boolean;
  /** Whether it answers with JSON instead of streams. */
  readonly json?: boolean;
  /** Whether its streams can be taken up again. */
  readonly events?: boolean;
}

/** A server made with the SDK alone. */
export interface SdkServer extends ScriptedHttpServer {
  /** Registers one more tool with every session, which each of them is told. */
  addTool(name: string): void;
  /** The sessions that it knows. */
  sessions(): readonly string[];
  /** Forgets all of them, as a restart would. */
  forget(): Promise<void>;
  /** The tools whose runs were cancelled. */
  readonly cancelled: readonly string[];
}

/**
 * Starts one with the tools `echo`, `slow` (progress three times, then its answer), `wait` (until it is cancelled) and, with events, `interrupted`
 * (ends its own stream before it answers).
 */
export async function startSdkServer(options: SdkServerOptions): Promise<SdkServer> {
  const live = new Map<string, { readonly transport: StreamableHTTPServerTransport; readonly server: McpServer }>();
  const more: string[] = [];
  const cancelled: string[] = [];

  const newServer = (): McpServer => {
    const server = new McpServer({ name: 'sdk', version: '1' });
    server.registerTool('echo', { description: 'says it again' }, () => ({ content: [{ type: 'text', text: 'echo' }] }));
    server.registerTool('slow', {}, async (extra) => {
      const { progressToken } = extra._meta ?? {};
      for (let progress = 1; progress <= 3; progress += 1) {
        if (progressToken === undefined) continue;
        await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
      }
      return { content: [{ type: 'text', text: 'slow' }] };
    });
    server.registerTool('wait', {}, (extra) => {
      return new Promise((resolve) =>
        extra.signal.addEventListener('abort', () => {
          cancelled.push('wait');
          resolve({ content: [] });
        }),
      );
    });
    server.registerTool('interrupted', {}, async (extra) => {
      extra.closeSSEStream?.();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { content: [{ type: 'text', text: 'after the break' }] };
    });
    for (const name of more) server.registerTool(name, {}, () => ({ content: [] }));
    return server;
  };

  const newTransport = async (): Promise<StreamableHTTPServerTransport> => {
    const server = newServer();
    const common = {
      ...(options.json === true ? { enableJsonResponse: true } : {}),
      ...(options.events === true ? { eventStore: memoryStore(), retryInterval: 20 } : {}),
    };
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport(
      options.sessions
        ? {
            ...common,
            sessionIdGenerator: () => randomUUID(),
            onsessioninitialized: (id) => void live.set(id, { transport, server }),
            onsessionclosed: (id) => void live.delete(id),
          }
        : { ...common },
    );
    await server.connect(transport as Parameters<McpServer['connect']>[0]);
    return transport;
  };

  const http = await startHttpServer(async ({ request, response, headers, message }) => {
    const id = headers['mcp-session-id'];
    const known = id === undefined ? undefined : live.get(id)?.transport;
    if (id !== undefined && known === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_001, message: 'Session not found' }, id: null }));
      return;
    }
    const transport = known ?? (await newTransport());
    await transport.handleRequest(request, response, message);
  });
  const forget = async (): Promise<void> => {
    const ended = [...live.values()];
    live.clear();
    await Promise.all(ended.map(({ server }) => server.close()));
  };
  return {
    ...http,
    addTool: (name) => {
      more.push(name);
      for (const { server } of live.values()) server.registerTool(name, {}, () => ({ content: [] }));
    },
    sessions: () => [...live.keys()],
    forget,
    cancelled,
    close: async () => {
      await forget();
      await http.close();
    },
  };
}

function memoryStore(): EventStore {
  const events: { readonly id: string; readonly stream: string; readonly message: JSONRPCMessage }[] = [];
  return {
    storeEvent: async (stream, message) => {
      const id = `${events.length + 1}`;
      events.push({ id, stream, message });
      return id;
    },
    getStreamIdForEventId: async (id) => events.find((event) => event.id === id)?.stream,
    replayEventsAfter: async (last, { send }) => {
      const stream = events.find((event) => event.id === last)?.stream ?? '';
      for (const event of events)
        if (event.stream === stream && Number(event.id) > Number(last) && 'jsonrpc' in event.message) await send(event.id, event.message);
      return stream;
    },
  };
}
