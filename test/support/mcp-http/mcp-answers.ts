import type { Exchange } from './http-server.js';

/** How a server answers what a test cares about: by the method of the message, or `GET` and `DELETE`. */
export type Answers = Readonly<Record<string, (exchange: Exchange) => unknown>>;

/** What makes a server an ordinary one. */
export interface OrdinaryServer {
  /** The id of its sessions; none unless given. */
  readonly session?: string;
  readonly listChanged?: boolean;
}

/** The answers of an ordinary server with one tool, `echo`, and before them those of the test. It answers with JSON and has no GET stream. */
export function mcpAnswers(own: Answers = {}, { session, listChanged = false }: OrdinaryServer = {}): (exchange: Exchange) => unknown {
  const ordinary: Answers = {
    initialize: (exchange) =>
      sendResult(
        exchange,
        { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged } }, serverInfo: { name: 'ordinary', version: '1' } },
        session === undefined ? {} : { 'mcp-session-id': session },
      ),
    'tools/list': (exchange) => sendResult(exchange, { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
    'tools/call': (exchange) => sendResult(exchange, { content: [{ type: 'text', text: 'done' }] }),
    GET: ({ response }) => response.writeHead(405).end(),
    DELETE: ({ response }) => response.writeHead(200).end(),
  };
  return (exchange) => {
    const kind = typeof exchange.message?.method === 'string' ? exchange.message.method : exchange.method;
    const answer = own[kind] ?? ordinary[kind];
    return answer === undefined ? exchange.response.writeHead(202).end() : answer(exchange);
  };
}

/** The answer to a request as JSON-RPC has it. */
export function resultFor({ message }: Pick<Exchange, 'message'>, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id: message?.id, result });
}

/** Answers with one message as JSON. */
export function sendResult(exchange: Exchange, result: unknown, headers: Readonly<Record<string, string>> = {}): void {
  exchange.response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(resultFor(exchange, result));
}

/** Begins a stream of events; the test goes on from there. */
export function startStream({ response }: Exchange, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
}
