import { expect } from 'chai';
import { type OpenedServer, opensServers, pause } from '../../../support/mcp/opened-server.js';
import type { ServerScript } from '../../../support/mcp/scripted-server.js';

describe('SdkMcpHost with a server that says too much', function () {
  this.timeout(30_000);
  let opened: OpenedServer;

  const start = opensServers((made) => {
    opened = made;
  });

  it('is called though it says again and again that its tools changed, and asked for them only so often', async () => {
    start({
      list: (_params, server) => {
        (server as unknown as { lists: number }).lists = ((server as unknown as { lists?: number }).lists ?? 0) + 1;
        return undefined;
      },
      tools: [
        {
          name: 'storm',
          run: async (_args, server) => {
            for (let time = 0; time < 50; time += 1) await server.notify('notifications/tools/list_changed');
            return String(server.received.filter(({ method }) => method === 'tools/list').length);
          },
        },
      ],
    });
    let lists = 0;
    for (let time = 0; time < 60; time += 1) lists = Number((await opened.call('storm')).text);
    expect(lists).to.be.within(2, 25);
    expect(opened.children).to.have.lengthOf(1);
  });

  it('ends a server that says a million times that its tools changed', async () => {
    start({
      tools: [
        {
          name: 'storm',
          run: async (_args, server) => {
            const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' })}\n`.repeat(1_000);
            for (let time = 0; time < 1_000; time += 1) await server.write(line);
            return 'done';
          },
        },
      ],
    });
    expect((await opened.call('storm')).text).to.contain('flooded Pyra with messages');
  });

  it('passes on few of many lines of progress, cleaned, bounded, and none of other calls', async () => {
    start({
      tools: [
        {
          name: 'talk',
          run: async (_args, server) => {
            await server.notify('notifications/progress', { progressToken: 99, progress: 1, message: 'of another' });
            await server.notify('notifications/progress', { progressToken: server.token, progress: 'x', message: 'not a number' });
            await server.progress({ progress: 1, total: 4 });
            await server.progress({ progress: 2 });
            await server.progress({ progress: 3, message: `a\nb\u001b[31m${'x'.repeat(10_000)}` });
            for (let time = 0; time < 3_000; time += 1) await server.progress({ progress: time, message: `line ${time}` });
            return 'done';
          },
        },
      ],
    });
    const said: string[] = [];
    expect((await opened.call('talk', {}, undefined, (text) => said.push(text))).text).to.equal('done');
    expect(said.slice(0, 2)).to.deep.equal(['1 of 4', '2']);
    expect(said[2]).to.match(/^a bx+$/);
    expect(said[2]?.length).to.be.at.most(1_000);
    expect(said.length).to.be.within(100, 1_000);
  });

  it('reads at most 20 pages of tools, and ends with a cursor that comes back', async () => {
    start({
      list: (params) => {
        const page = Number(params?.cursor ?? 0);
        return { tools: [{ name: `tool_${page}`, inputSchema: { type: 'object' } }], nextCursor: String(page + 1) };
      },
    });
    const { tools, faults } = await opened.listing();
    expect(tools).to.have.lengthOf(20);
    expect(faults).to.deep.equal(['its list of tools has more than 20 pages: the rest is left out']);
    await opened.dispose();

    start({ list: () => ({ tools: [{ name: 'same', inputSchema: { type: 'object' } }], nextCursor: 'x' }) });
    const again = await opened.listing();
    expect(again.tools.map(({ name }) => name)).to.deep.equal(['same']);
    expect(again.faults.join('\n')).to.contain('is there twice').and.contain('does not end');
  });

  it('reads at most 256 tools', async () => {
    start({ tools: Array.from({ length: 5_000 }, (_, index) => ({ name: `tool_${index}` })), pageSize: 1_000 });
    const { tools, faults } = await opened.listing();
    expect(tools).to.have.lengthOf(256);
    expect(faults).to.deep.equal(['it has more than 256 tools: the rest is left out']);
  });

  it('reads pages as they come', async () => {
    start({ tools: Array.from({ length: 25 }, (_, index) => ({ name: `tool_${index}` })), pageSize: 10 });
    const { tools, faults } = await opened.listing();
    expect(tools).to.have.lengthOf(25);
    expect(faults).to.deep.equal([]);
  });

  it('refuses a list that is none', async () => {
    start({ list: () => ({ tools: 'all of them' }) });
    expect((await opened.unreachable()).message).to.equal('the MCP server scripted answered what is no list of tools');
    await opened.children[0]?.ended;
  });

  it('writes what it says on stderr to the log, a flood by its length alone', async () => {
    start(
      {
        grants: {} as never,
        tools: [
          {
            name: 'say',
            run: async () => {
              process.stderr.write('a plain line\n');
              await new Promise((resolve) => setTimeout(resolve, 300));
              await new Promise((resolve) => process.stderr.write(`${process.env.TOKEN} `.repeat(200_000), resolve));
              return 'said';
            },
          },
        ],
      } as ServerScript,
      { grants: { env: { TOKEN: { text: '', secret: 'token' as never } } } },
    );
    expect((await opened.call('say')).text).to.equal('said');
    await pause(400);
    expect(opened.log[0]).to.equal('a plain line\n');
    expect(opened.log.slice(1).join('')).to.match(/^(\(\d+ bytes at once: left out\))+$/);
  });

  it('takes a secret out of what it says of itself, wherever that is shown', async () => {
    start(
      {
        name: 'a-secret-token',
        initialize: (params) => ({
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: process.env.TOKEN, version: '1' },
        }),
        tools: [
          {
            name: 'leak',
            run: async (_args, server) => {
              await server.progress({ progress: 1, message: `it is ${process.env.TOKEN}` });
              throw { code: -1, message: `no ${process.env.TOKEN}` };
            },
          },
        ],
      },
      {
        grants: { env: { TOKEN: { text: '', secret: 'token' as never } } },
        redact: (text) => text.replaceAll('a-secret-token', '[redacted]'),
      },
    );
    const said: string[] = [];
    expect((await opened.listing()).title).to.equal('[redacted] 1');
    const { text } = await opened.call('leak', {}, undefined, (line) => said.push(line));
    expect(text).to.equal('the server answered with an error: no [redacted]');
    expect(said).to.deep.equal(['it is [redacted]']);
  });
});
