// An MCP server over stdio that does what a script says: `node scripted-server.mjs SCRIPT`, where SCRIPT is JSON, or the path of a file with
// JSON. It is written on the protocol itself, so that it can break every rule of it; scripted-server.ts says what a script may hold.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const given = process.argv[2] ?? '{}';
const script = JSON.parse(given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8'));
const code = (source) => (source === undefined ? undefined : new Function(`return (${source});`)());
const silent = Symbol('silent');

const server = {
  /** What a function gives so that nothing is answered. */
  silent,
  /** What `tools/list` gives; may be changed. */
  tools: [...(script.tools ?? [])],
  /** Which start this is, from 1, when the script names a file to count them in. */
  starts: countStart(),
  /** How many calls of tools came, with this one. */
  calls: 0,
  /** The ids that were cancelled. */
  cancelled: [],
  /** Every message that came. */
  received: [],
  wait: (ms) => wait(ms),
  /** Writes bytes or a text as they are; resolves when the pipe took them. */
  write: (bytes) => new Promise((resolve) => process.stdout.write(bytes, () => resolve())),
  send: (message) => server.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
  reply: (id, result) => server.send({ id, result }),
  notify: (method, params) => server.send({ method, ...(params === undefined ? {} : { params }) }),
  /** Asks the client; gives its answer, a whole message. */
  ask: (method, params = {}) => {
    const id = `ask-${asked.size + 1}`;
    const { promise, resolve } = Promise.withResolvers();
    asked.set(id, resolve);
    void server.send({ id, method, params });
    return promise;
  },
  text: (text) => ({ content: [{ type: 'text', text }] }),
};
const asked = new Map();

function countStart() {
  if (script.startsFile === undefined) return 1;
  const starts = (existsSync(script.startsFile) ? Number(readFileSync(script.startsFile, 'utf8')) : 0) + 1;
  writeFileSync(script.startsFile, String(starts));
  return starts;
}

const described = ({ answer: _answer, run: _run, ...tool }) => ({ inputSchema: { type: 'object' }, ...tool });

const methods = {
  initialize: async (params, call) => {
    const own = await code(script.initialize)?.(params, call);
    return (
      own ?? {
        protocolVersion: script.protocolVersion ?? params.protocolVersion,
        capabilities: script.capabilities ?? { tools: { listChanged: true } },
        serverInfo: { name: script.name ?? 'scripted', version: '1.0.0' },
        ...(script.instructions === undefined ? {} : { instructions: script.instructions }),
      }
    );
  },
  ping: async () => ({}),
  'tools/list': async (params, call) => {
    const own = await code(script.list)?.(params, call);
    if (own !== undefined) return own;
    const size = script.pageSize ?? Number.POSITIVE_INFINITY;
    const from = Number(params?.cursor ?? 0);
    const tools = server.tools.slice(from, from + size).map(described);
    return from + size < server.tools.length ? { tools, nextCursor: String(from + size) } : { tools };
  },
  'tools/call': async (params, call) => {
    server.calls += 1;
    const tool = server.tools.find(({ name }) => name === params.name);
    if (tool === undefined) throw { code: -32602, message: `Unknown tool: ${params.name}` };
    if (tool.run === undefined) return tool.answer ?? JSON.stringify(params.arguments ?? {});
    return code(tool.run)(params.arguments ?? {}, call);
  },
};

async function answer(message) {
  const { id, method, params } = message;
  const token = params?._meta?.progressToken;
  const call = Object.create(server, {
    id: { value: id },
    token: { value: token },
    progress: { value: (said) => server.notify('notifications/progress', { progressToken: token, ...said }) },
  });
  try {
    if (!Object.hasOwn(methods, method)) throw { code: -32601, message: 'Method not found' };
    const result = await methods[method](params, call);
    if (result === silent) return;
    await server.reply(id, typeof result === 'string' ? server.text(result) : (result ?? server.text('')));
  } catch (error) {
    if (error instanceof Error) await server.reply(id, { ...server.text(error.message), isError: true });
    else await server.send({ id, error });
  }
}

function take(message) {
  server.received.push(message);
  if (message.method === undefined) asked.get(message.id)?.(message);
  else if (message.id !== undefined) void answer(message);
  else if (message.method === 'notifications/initialized') void code(script.initialized)?.(server);
  else if (message.method === 'notifications/cancelled') server.cancelled.push(message.params.requestId);
}

let pending = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (piece) => {
  const lines = (pending + piece).split('\n');
  pending = lines.pop();
  for (const line of lines) if (line.trim() !== '') take(JSON.parse(line));
});
process.stdin.on('end', () => {
  if (script.deaf !== true) process.exit(0);
});
process.stdout.on('error', () => process.exit(0));
if (script.deaf === true) {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 60_000);
}
await code(script.start)?.(server);
