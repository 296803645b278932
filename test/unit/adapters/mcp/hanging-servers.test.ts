import { expect } from 'chai';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import { type OpenedServer, opensServers, pause } from '../../../support/mcp/opened-server.js';
import type { ServerScript } from '../../../support/mcp/scripted-server.js';

describe('SdkMcpHost with a server that hangs', function () {
  this.timeout(30_000);
  let opened: OpenedServer;

  const start = opensServers((made) => {
    opened = made;
  });

  it('gives up a server that does not answer initialize within 30 seconds, and ends it', async () => {
    start({
      initialize: async (_params, server) => {
        await server.notify('notifications/message', { data: 'asked' });
        return server.silent;
      },
    });
    const failure = opened.unreachable();
    await opened.logged('says: asked');
    opened.system.advance(29_000);
    expect(await Promise.race([failure, pause(50)])).to.equal(undefined);
    opened.system.advance(1_100);
    expect((await failure).message).to.equal('the MCP server scripted did not answer within 30 seconds of its start');
    await opened.children[0]?.ended;
  });

  it('starts anew for whoever asks next when those gave up who waited for a start that was put off', async () => {
    start({ tools: [{ name: 'exit', run: () => process.exit(3) }, { name: 'echo' }] }, { system: new NodeSystem() });
    await opened.call('exit');
    const controller = new AbortController();
    const given = opened.listing(controller.signal).catch((error: unknown) => error);
    await pause(100);
    controller.abort(new Error('enough'));
    const at = Date.now();
    expect((await opened.call('echo', { a: 1 })).text).to.equal('{"a":1}');
    expect(await given).to.have.property('message', 'enough');
    expect(Date.now() - at).to.be.within(500, 15_000);
    expect(opened.children).to.have.lengthOf(2);
  });

  it('starts nothing when those gave up who waited for a start that was put off', async () => {
    start({ tools: [{ name: 'exit', run: () => process.exit(3) }] }, { system: new NodeSystem() });
    await opened.call('exit');
    const controller = new AbortController();
    const given = opened.listing(controller.signal).catch(() => undefined);
    await pause(100);
    controller.abort();
    await given;
    await pause(1_300);
    expect(opened.children).to.have.lengthOf(1);
  });

  it('gives the person as long as it takes to open the vault', async () => {
    start({ tools: [{ name: 'echo' }] }, { grants: { env: { TOKEN: { text: '', secret: 'token' as never } } } });
    const asked = Promise.withResolvers<void>();
    const secret = opened.desk.secret.bind(opened.desk);
    opened.desk.secret = async (name) => {
      await asked.promise;
      return secret(name);
    };
    const call = opened.call('echo');
    await pause(50);
    opened.system.advance(100_000);
    asked.resolve();
    expect((await call).text).to.equal('{}');
  });

  it('gives up a server that does not list its tools within 30 seconds, and ends it', async () => {
    start({
      list: async (_params, server) => {
        await server.notify('notifications/message', { data: 'asked' });
        return server.silent;
      },
    });
    const failure = opened.unreachable();
    await opened.logged('says: asked');
    opened.system.advance(30_100);
    expect((await failure).message).to.equal('the MCP server scripted did not list its tools within 30 seconds');
    await opened.children[0]?.ended;
  });

  it('goes on starting when those who asked gave up, for whoever asks next', async () => {
    start({
      initialize: async (_params, server) => {
        await server.wait(400);
      },
    });
    const reason = new Error('enough');
    const controller = new AbortController();
    const given = opened.listing(controller.signal).catch((error: unknown) => error);
    await opened.child();
    controller.abort(reason);
    expect(await given).to.equal(reason);
    await opened.listing();
    expect(opened.children).to.have.lengthOf(1);
  });

  it('gives up a call at once on an abort, tells the server, and drops its late answer', async () => {
    start({
      tools: [
        {
          name: 'late',
          run: async (_args, server) => {
            while (!server.cancelled.includes(server.id)) await server.wait(10);
            await server.wait(100);
            return 'late';
          },
        },
        {
          name: 'cancelled',
          run: (_args, server) => JSON.stringify(server.received.find(({ method }) => method?.endsWith('cancelled'))),
        },
      ],
    });
    await opened.listing();
    const reason = new Error('enough: with a detail');
    const controller = new AbortController();
    const call = opened.call('late', {}, controller.signal).catch((error: unknown) => error);
    await pause(100);
    controller.abort(reason);
    expect(await call).to.equal(reason);
    const told = JSON.parse((await opened.call('cancelled')).text);
    expect(told).to.deep.equal({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: told.params.requestId, reason: 'cancelled' },
    });
    await pause(300);
    expect(opened.log).to.deep.equal([]);
    expect(opened.children).to.have.lengthOf(1);
  });

  it('kills a server that does not end when it is closed', async () => {
    start({ deaf: true, tools: [{ name: 'echo' }] });
    await opened.call('echo');
    const at = Date.now();
    await opened.open.close();
    expect(Date.now() - at).to.be.within(900, 15_000);
    expect((await opened.children[0]?.ended)?.signal).to.equal('SIGKILL');
  });

  it('lets a server end by itself when it is closed', async () => {
    start({ tools: [{ name: 'echo' }] });
    await opened.call('echo');
    await opened.open.close();
    expect(await opened.children[0]?.ended).to.deep.equal({ code: 0, signal: null });
  });

  it('ends a server that closes its output and stays', async () => {
    start({
      deaf: true,
      tools: [
        {
          name: 'close',
          run: (_args, server) => {
            process.getBuiltinModule('node:fs').closeSync(1);
            return server.silent;
          },
        },
      ],
    });
    expect((await opened.call('close')).text).to.equal('the MCP server scripted closed its output; the call may have had its effect');
    await opened.children[0]?.ended;
  });

  it('ends a server that does not read what it is sent', async () => {
    start({
      tools: [
        {
          name: 'stop',
          run: (_args, server) => {
            process.stdin.pause();
            return server.silent;
          },
        },
        { name: 'echo' },
      ],
    });
    const listing = await opened.listing();
    const never = new AbortController().signal;
    const stopped = listing.call('stop', {}, never, () => undefined);
    await pause(200);
    const text = 'x'.repeat(7 * 1024 * 1024);
    const calls = Array.from({ length: 6 }, () => listing.call('echo', { text }, never, () => undefined));
    for (const output of await Promise.all([stopped, ...calls])) {
      expect(output).to.deep.equal({
        text: 'the MCP server scripted does not read what it is sent; the call may have had its effect',
        outcome: 'failed',
      });
    }
    await opened.children[0]?.ended;
  });

  it('sends nothing of arguments that are too large', async () => {
    start({ tools: [{ name: 'echo' }] });
    expect(await opened.call('echo', { text: 'x'.repeat(9 * 1024 * 1024) })).to.deep.equal({
      text: 'the arguments are too large to be sent',
      outcome: 'failed',
    });
    expect((await opened.call('echo')).text).to.equal('{}');
  });

  it('is closed while a server starts, lists or is put off, which ends for those who wait', async () => {
    for (const script of [
      { initialize: (_params: unknown, server: { readonly silent: symbol }) => server.silent },
      { list: (_params: unknown, server: { readonly silent: symbol }) => server.silent },
    ] as readonly ServerScript[]) {
      start(script);
      const failure = opened.unreachable();
      await opened.child();
      await pause(300);
      await opened.open.close();
      expect((await failure).message).to.equal('the MCP server scripted was closed');
      await opened.children[0]?.ended;
      await opened.dispose();
    }
    start({ start: () => process.exit(7) }, { system: new NodeSystem() });
    await opened.unreachable();
    const failure = opened.unreachable();
    await pause(50);
    await opened.open.close();
    expect((await failure).message).to.equal('the MCP server scripted was closed');
    expect(opened.children).to.have.lengthOf(1);
  });
});
