import { expect } from 'chai';
import { loopDelay } from '../../../support/mcp/loop-delay.js';
import { type OpenedServer, opensServers } from '../../../support/mcp/opened-server.js';

/** So long may nothing else run, in milliseconds; the machine may be busy. */
const LONGEST_DELAY_MS = 1_000;

describe('SdkMcpHost with a server that breaks the protocol', function () {
  this.timeout(30_000);
  let opened: OpenedServer;

  const start = opensServers((made) => {
    opened = made;
  });

  it('ends a server that floods with messages, and stays responsive', async () => {
    start({
      tools: [
        {
          name: 'flood',
          run: async (_args, server) => {
            const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/nothing' })}\n`.repeat(1_000);
            for (;;) await server.write(line);
          },
        },
      ],
    });
    let text = '';
    const delay = await loopDelay(async () => {
      ({ text } = await opened.call('flood'));
    });
    expect(text).to.equal('the MCP server scripted flooded Pyra with messages; the call may have had its effect');
    expect(delay).to.be.below(LONGEST_DELAY_MS);
    await opened.children[0]?.ended;
  });

  it('ends a server that writes without end and without a line feed, holding no more of it than one message', async () => {
    start({
      tools: [
        {
          name: 'flood',
          run: async (_args, server) => {
            const piece = 'x'.repeat(1024 * 1024);
            for (;;) await server.write(piece);
          },
        },
      ],
    });
    await opened.listing();
    const before = process.memoryUsage().rss;
    let text = '';
    const delay = await loopDelay(async () => {
      ({ text } = await opened.call('flood'));
    });
    expect(text).to.equal('the MCP server scripted sent a message of more than 10 MB; the call may have had its effect');
    expect(delay).to.be.below(LONGEST_DELAY_MS);
    expect(process.memoryUsage().rss - before).to.be.below(80 * 1024 * 1024);
    expect((await opened.children[0]?.ended)?.signal).to.equal('SIGKILL');
  });

  it('ends a server that answers with 11 MB', async () => {
    start({ tools: [{ name: 'large', run: () => 'x'.repeat(11 * 1024 * 1024) }] });
    expect(await opened.call('large')).to.deep.equal({
      text: 'the MCP server scripted sent a message of more than 10 MB; the call may have had its effect',
      outcome: 'failed',
    });
  });

  it('takes answers of 9 MB one after the other, and keeps a million characters of each', async () => {
    start({ tools: [{ name: 'large', run: () => 'x'.repeat(9 * 1024 * 1024) }] });
    for (let time = 0; time < 4; time += 1) {
      const { text, outcome } = await opened.call('large');
      expect(outcome).to.equal(undefined);
      expect(text.length).to.be.within(1_000_000, 1_100_000);
    }
    expect(opened.children).to.have.lengthOf(1);
  });

  it('ends a server that sends JSON nested thousands deep', async () => {
    start({
      tools: [
        {
          name: 'deep',
          run: async (_args, server) => {
            const deep = '['.repeat(100_000) + ']'.repeat(100_000);
            await server.write(`{"jsonrpc":"2.0","id":${server.id},"result":{"content":${deep}}}\n`);
            return server.silent;
          },
        },
      ],
    });
    expect((await opened.call('deep')).text).to.equal(
      'the MCP server scripted sent a message that is nested more than 64 deep; the call may have had its effect',
    );
  });

  it('ends a server that sends millions of values in few bytes, without parsing them', async () => {
    start({
      tools: [
        {
          name: 'many',
          run: async (_args, server) => {
            await server.write(`{"jsonrpc":"2.0","id":${server.id},"result":{"content":[${'[],'.repeat(3_000_000)}0]}}\n`);
            return server.silent;
          },
        },
      ],
    });
    let text = '';
    const delay = await loopDelay(async () => {
      ({ text } = await opened.call('many'));
    });
    expect(text).to.equal('the MCP server scripted sent a message that holds more than 250000 values; the call may have had its effect');
    expect(delay).to.be.below(LONGEST_DELAY_MS);
  });

  it('takes a banner and a few odd lines on its output, and logs them', async () => {
    start({
      start: async (server) => {
        await server.write('Welcome to the server!\n\n{ not json\n[]\n"text"\n42\n\u0000\u0001\n');
        await server.write(new Uint8Array([0xff, 0xfe, 0x80, 0x0a]));
      },
      tools: [{ name: 'echo' }],
    });
    expect((await opened.call('echo', { a: 1 })).text).to.equal('{"a":1}');
    expect(opened.log.join('\n')).to.contain('wrote to its output what is no message: Welcome to the server!');
    expect(opened.log.length).to.be.within(6, 10);
  });

  it('ends a server that writes much that is no message', async () => {
    start({ start: (server) => server.write('a line of a log\n'.repeat(10_000)) });
    expect((await opened.unreachable()).message).to.equal('the MCP server scripted writes to its output what are no messages');
  });

  it('ends a server that writes binary data', async () => {
    start({
      start: async (server) => {
        const bytes = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 7) % 256);
        for (;;) await server.write(bytes);
      },
    });
    expect((await opened.unreachable()).message).to.equal('the MCP server scripted writes to its output what are no messages');
  });

  it('takes one answer of two, and drops what nobody asked for', async () => {
    start({
      tools: [
        {
          name: 'twice',
          run: async (_args, server) => {
            for (const id of [9_999, 'text', null, -1, 1.5, {}, server.id + 1, String(server.id)]) {
              await server.reply(id, server.text('forged'));
            }
            await server.send({ error: { code: -32700, message: 'Parse error' } });
            await server.reply(server.id, server.text('first'));
            await server.reply(server.id, server.text('second'));
            return server.silent;
          },
        },
        { name: 'echo' },
      ],
    });
    expect((await opened.call('twice')).text).to.equal('first');
    expect((await opened.call('echo', { a: 1 })).text).to.equal('{"a":1}');
    expect(opened.log.filter((line) => line.startsWith('answered what it was not asked'))).to.have.lengthOf(10);
    expect(opened.log.join()).to.contain('answered what it was not asked: Parse error');
    expect(opened.children).to.have.lengthOf(1);
  });

  it('gives each of the calls that are answered out of order its own answer', async () => {
    start({
      tools: [
        {
          name: 'late',
          run: async ({ ms }, server) => {
            await server.wait(ms);
            return String(ms);
          },
        },
      ],
    });
    const waits = [200, 150, 100, 50, 0];
    const outputs = await Promise.all(waits.map((ms) => opened.call('late', { ms })));
    expect(outputs.map(({ text }) => text)).to.deep.equal(waits.map(String));
  });

  it('answers `failed` for an answer that is none, and goes on', async () => {
    start({
      tools: [
        { name: 'none', run: () => ({}) },
        { name: 'parts', run: () => ({ content: [null, 1, 'x', {}, { type: 'text' }, { type: 'new', x: 1 }, []] }) },
        {
          name: 'raw',
          run: async ({ result }, server) => {
            await server.reply(server.id, result);
            return server.silent;
          },
        },
        {
          name: 'error',
          run: () => {
            throw { code: 'x', message: { a: 1 }, data: 'x' };
          },
        },
      ],
    });
    expect(await opened.call('none')).to.deep.equal({ text: 'the server answered what is no result of a tool', outcome: 'failed' });
    for (const result of ['text', 4, null, [], false]) {
      const { text, outcome } = await opened.call('raw', { result });
      expect(outcome).to.equal('failed');
      expect(text).to.equal('the server answered with an error: its answer is no result');
    }
    expect((await opened.call('raw', { result: { content: [], _meta: 'odd', isError: 'odd' } })).text).to.equal('');
    expect((await opened.call('parts')).text.split('\n')).to.have.lengthOf(7);
    expect(await opened.call('error')).to.deep.equal({ text: 'the server answered with an error: no message', outcome: 'failed' });
    expect(opened.children).to.have.lengthOf(1);
  });

  it('says in one bounded line what a server answers as an error', async () => {
    start({
      tools: [
        {
          name: 'error',
          run: () => {
            throw { code: -32602, message: `a\n\u001b[31mred\u202e${'x'.repeat(100_000)}` };
          },
        },
      ],
    });
    const { text } = await opened.call('error');
    expect(text).to.match(/^the server answered with an error: a red\\u\{202e\}x+$/);
    expect(text.length).to.be.below(1_100);
  });

  it('refuses a server that speaks another version of the protocol', async () => {
    start({ protocolVersion: '1999-01-01' });
    expect((await opened.unreachable()).message).to.equal(
      'the MCP server scripted speaks another version of the protocol than Pyra: 1999-01-01',
    );
    await opened.children[0]?.ended;
  });

  it('refuses a server whose answer to initialize is none, or an error', async () => {
    for (const initialize of [
      () => ({ protocolVersion: 4 }),
      () => {
        throw { code: -32603, message: 'no licence' };
      },
    ]) {
      start({ initialize });
      expect((await opened.unreachable()).message).to.match(
        /^the MCP server scripted answered (what the protocol does not allow|.*no licence)$/,
      );
      await opened.children[0]?.ended;
      await opened.dispose();
    }
  });

  it('is not confused by thousands of messages that are almost right', async () => {
    start({
      tools: [
        {
          name: 'odd',
          run: async ({ seed }, server) => {
            let state = seed;
            const below = (limit: number): number => {
              state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
              return state % limit;
            };
            const values = [null, true, 0, -1, 1.5, 1e300, '', 'x', '__proto__', [], {}, [null], { a: {} }, { task: { taskId: 'x' } }];
            const methods = [
              'initialize',
              'ping',
              'tools/list',
              'sampling/createMessage',
              'notifications/progress',
              'notifications/cancelled',
            ];
            methods.push(
              'notifications/initialized',
              'notifications/message',
              'tasks/get',
              'notifications/tasks/status',
              'constructor',
              '',
            );
            const value = (): unknown => values[below(values.length)];
            for (let count = 0; count < 1_000; count += 1) {
              const message: Record<string, unknown> = below(20) === 0 ? {} : { jsonrpc: below(20) === 0 ? value() : '2.0' };
              if (below(2) === 0) message.id = below(3) === 0 ? value() : 1_000 + below(100);
              if (below(2) === 0) message.method = below(5) === 0 ? value() : methods[below(methods.length)];
              if (below(2) === 0) message.params = { progressToken: value(), progress: value(), requestId: value(), data: value() };
              if (below(4) === 0) message.params = value();
              if (below(3) === 0) message.result = value();
              if (below(4) === 0) message.error = below(2) === 0 ? value() : { code: value(), message: value(), data: value() };
              await server.write(`${JSON.stringify(message)}\n`);
            }
            return 'done';
          },
        },
        { name: 'echo' },
      ],
    });
    for (const seed of [1, 22, 333, 4_444]) {
      expect((await opened.call('odd', { seed })).text).to.equal('done');
      expect((await opened.call('echo', { seed })).text).to.equal(JSON.stringify({ seed }));
    }
    expect(opened.children).to.have.lengthOf(1);
  });
});
