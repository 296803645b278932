import { expect } from 'chai';
import { type OpenedServer, openedServer } from '../../../support/mcp/opened-server.js';

describe('SdkMcpHost with a hostile server', function () {
  this.timeout(20_000);
  let opened: OpenedServer;

  afterEach(async () => opened.dispose());

  it('calls', async () => {
    opened = openedServer({
      tools: [
        { name: 'echo' },
        {
          name: 'fail',
          run: () => {
            throw new Error('no such file');
          },
        },
      ],
    });
    expect((await opened.listing()).tools.map(({ name }) => name)).to.deep.equal(['echo', 'fail']);
    expect(await opened.call('echo', { a: 1 })).to.deep.equal({ text: '{"a":1}' });
    expect(await opened.call('fail')).to.deep.equal({ text: 'no such file', outcome: 'failed' });
    expect(opened.log).to.deep.equal([]);
  });
});
