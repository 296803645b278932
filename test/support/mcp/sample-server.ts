import { InMemoryCrash } from '../../../src/adapters/in-memory/in-memory-open-plugin.js';
import type { InMemoryMcpServer, InMemoryMcpTool } from '../../../src/adapters/in-memory/in-memory-open-server.js';
import type { McpTool } from '../../../src/core/domain/mcp-server.js';
import type { ServerScript } from './scripted-server.js';

/** The sample server of the contract of hosts, as a script; its counterpart is {@link sampleServer}. */
export const SAMPLE_SCRIPT: ServerScript = {
  name: 'sample',
  tools: [
    {
      name: 'echo',
      description: 'says what it is told',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
      annotations: { readOnlyHint: true },
      run: ({ text }) => text,
    },
    {
      name: 'refuse',
      run: () => {
        throw new Error('there is no such file');
      },
    },
    { name: 'count', run: (_args, server) => String(server.received.filter(({ params }) => params?.name === 'count').length) },
    { name: 'crash', run: () => process.exit(3) },
    { name: 'deaf', run: (_args, server) => server.silent },
    {
      name: 'polite',
      run: async (_args, server) => {
        while (!server.cancelled.includes(server.id)) await server.wait(10);
        return 'stopped';
      },
    },
    { name: 'large', run: ({ characters }) => 'x'.repeat(characters) },
    { name: 'token', run: () => process.env.TOKEN ?? 'none' },
    {
      name: 'talk',
      run: async (_args, server) => {
        await server.progress({ progress: 1, message: 'half way' });
        return 'done';
      },
    },
    {
      name: 'swap',
      run: async (_args, server) => {
        server.tools.splice(0, server.tools.length, { name: 'other', answer: 'the other' });
        await server.notify('notifications/tools/list_changed');
        return 'swapped';
      },
    },
  ],
};

/** The same as functions of this process; new at each call, as a process is. */
export function sampleServer(): InMemoryMcpServer {
  let count = 0;
  const other: InMemoryMcpTool = { tool: tool('other'), run: () => 'the other' };
  const runs: Readonly<Record<string, InMemoryMcpTool['run']>> = {
    echo: ({ text }) => String(text),
    refuse: () => {
      throw new Error('there is no such file');
    },
    count: () => {
      count += 1;
      return String(count);
    },
    crash: () => {
      throw new InMemoryCrash('ended with exit code 3');
    },
    deaf: () => new Promise(() => undefined),
    polite: (_args, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('stopped'), { once: true });
      }),
    large: ({ characters }) => 'x'.repeat(Math.min(Number(characters), 1_000_000)),
    token: (_args, { values }) => values.TOKEN ?? 'none',
    talk: (_args, { progress }) => {
      progress('half way');
      return 'done';
    },
    swap: (_args, { change }) => {
      change([other]);
      return 'swapped';
    },
  };
  return { title: 'sample 1.0.0', tools: Object.entries(runs).map(([name, run]) => ({ tool: tool(name), run })) };
}

function tool(name: string): McpTool {
  if (name !== 'echo') return { name, description: '', parameters: { type: 'object' }, hints: {} };
  const parameters = { type: 'object', properties: { text: { type: 'string' } } };
  return { name, description: 'says what it is told', parameters, hints: { readOnly: true } };
}
