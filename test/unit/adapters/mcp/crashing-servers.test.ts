import { expect } from 'chai';
import { type OpenedServer, opensServers } from '../../../support/mcp/opened-server.js';

describe('SdkMcpHost with a server that crashes', function () {
  this.timeout(30_000);
  let opened: OpenedServer;

  const start = opensServers((made) => {
    opened = made;
  });

  it('says how it ended when it ends at its start', async () => {
    start({ start: () => process.exit(7) });
    const error = await opened.unreachable();
    expect(error.message).to.equal('the MCP server scripted ended with exit code 7');
    expect(error.hint).to.equal('what it says about itself is in logs/mcp_errors.log');
  });

  it('says how it ended when it ends after initialize', async () => {
    start({ initialized: () => process.exit(8), list: (_params, server) => server.silent });
    expect((await opened.unreachable()).message).to.equal('the MCP server scripted ended with exit code 8');
  });

  it('waits 1 and 2 seconds before it is started anew, and blocks it after the third crash in a minute', async () => {
    start({ start: () => process.exit(7) });
    const at = Date.parse(opened.system.now());
    const seconds: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      expect((await opened.unreachable()).message).to.equal('the MCP server scripted ended with exit code 7');
      seconds.push((Date.parse(opened.system.now()) - at) / 1_000);
    }
    expect(seconds).to.deep.equal([0, 1, 3]);
    expect(opened.desk.blocks).to.deep.equal(['it crashed 3 times within a minute; the last time it ended with exit code 7']);
    const error = await opened.unreachable();
    expect(error.message).to.contain('is not run any more before you have looked at it: it crashed 3 times within a minute');
    expect(error.hint).to.equal('pyra mcp set scripted');
    expect(opened.children).to.have.lengthOf(3);
  });

  it('counts a flood, a hang and an end in a call alike', async () => {
    start({ tools: [{ name: 'kill', run: () => process.kill(process.pid, 'SIGKILL') }] });
    for (let time = 0; time < 3; time += 1) expect((await opened.call('kill')).text).to.contain('was ended by SIGKILL');
    expect(opened.desk.blocks).to.have.lengthOf(1);
  });

  it('fails every call that was running', async () => {
    start({
      tools: [
        { name: 'wait', run: (_args, server) => server.silent },
        { name: 'exit', run: () => process.exit(3) },
      ],
    });
    const listing = await opened.listing();
    const never = new AbortController().signal;
    const calls = [1, 2, 3].map(() => listing.call('wait', {}, never, () => undefined));
    await listing.call('exit', {}, never, () => undefined);
    for (const output of await Promise.all(calls)) {
      expect(output).to.deep.equal({
        text: 'the MCP server scripted ended with exit code 3; the call may have had its effect',
        outcome: 'failed',
      });
    }
  });
});
