import { randomUUID } from 'node:crypto';
import { InMemoryCrash } from '../../../src/adapters/in-memory/in-memory-open-plugin.js';
import type { InMemoryMcpServer, InMemoryMcpTool } from '../../../src/adapters/in-memory/in-memory-open-server.js';
import type { JsonObject } from '../../../src/core/domain/json.js';
import { type Exchange, type ScriptedHttpServer, startHttpServer } from './http-server.js';
import { mcpAnswers, resultFor, sendResult, startStream } from './mcp-answers.js';

interface Session {
  readonly title: string;
  tools: readonly InMemoryMcpTool[];
  readonly running: Map<unknown, AbortController>;
}

interface CallParams {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly _meta?: { readonly progressToken?: string | number };
}

/**
 * Serves functions of this process over HTTP, each session with new ones, as each process of a program has. The header `TOKEN` is the value of that
 * name; an InMemoryCrash is an answer that is longer than any may be.
 */
export async function startSampleServer(load: () => InMemoryMcpServer): Promise<ScriptedHttpServer> {
  const sessions = new Map<string, Session>();
  const sessionOf = ({ headers }: Exchange): Session => {
    const session = sessions.get(headers['mcp-session-id'] ?? '');
    if (session === undefined) throw new Error('no such session');
    return session;
  };
  return startHttpServer(
    mcpAnswers({
      initialize: (exchange) => {
        const id = randomUUID();
        const { title, tools } = load();
        sessions.set(id, { title, tools, running: new Map() });
        const [name = '', version = ''] = title.split(' ');
        const info = { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged: true } }, serverInfo: { name, version } };
        sendResult(exchange, info, { 'mcp-session-id': id });
      },
      'notifications/cancelled': (exchange) => {
        const { requestId } = (exchange.message?.params ?? {}) as { readonly requestId: unknown };
        sessionOf(exchange).running.get(requestId)?.abort();
        exchange.response.writeHead(202).end();
      },
      'tools/list': (exchange) => sendResult(exchange, { tools: sessionOf(exchange).tools.map(({ tool }) => toolAsListed(tool)) }),
      'tools/call': (exchange) => answerCall(exchange, sessionOf(exchange)),
      GET: (exchange) => startStream(exchange),
      DELETE: ({ headers, response }) => {
        sessions.delete(headers['mcp-session-id'] ?? '');
        response.writeHead(200).end();
      },
    }),
  );
}

async function answerCall(exchange: Exchange, session: Session): Promise<void> {
  const { name, arguments: args, _meta } = (exchange.message?.params ?? {}) as unknown as CallParams;
  const stop = new AbortController();
  session.running.set(exchange.message?.id, stop);
  startStream(exchange);
  const { response } = exchange;
  const send = (message: object): unknown => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  const result = async (): Promise<object> => {
    const tool = session.tools.find((one) => one.tool.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const output = await tool.run(args, {
      values: { TOKEN: exchange.headers.token ?? 'none' },
      signal: stop.signal,
      progress: (message) =>
        send({ method: 'notifications/progress', params: { progressToken: _meta?.progressToken, progress: 1, message } }),
      change: (tools) => {
        session.tools = tools;
        send({ method: 'notifications/tools/list_changed' });
      },
    });
    return { content: [{ type: 'text', text: typeof output === 'string' ? output : output.text }] };
  };
  try {
    response.end(`data: ${resultFor(exchange, await result())}\n\n`);
  } catch (error) {
    if (error instanceof InMemoryCrash) response.write(`data: ${'x'.repeat(11 * 1024 * 1024)}`);
    else response.end(`data: ${resultFor(exchange, { isError: true, content: [{ type: 'text', text: (error as Error).message }] })}\n\n`);
  }
}

function toolAsListed({ name, description, parameters, hints }: InMemoryMcpTool['tool']): object {
  return { name, description, inputSchema: parameters, annotations: { readOnlyHint: hints.readOnly } };
}
