import { expect } from 'chai';
import { pythonWith } from '../support/mcp-servers/foreign-servers.js';
import { type McpPerson, mcpPerson, reading } from '../support/mcp-servers/mcp-person.js';

describe('a server in Python (mcp-server-time of PyPI; PYRA_TEST_MCP_PYTHON names a Python that has it)', function () {
  this.timeout(60_000);
  let person: McpPerson | undefined;
  let python = '';

  before(function () {
    const found = pythonWith('mcp_server_time');
    if (found === undefined) this.skip();
    else python = found;
  });
  afterEach(async () => {
    await person?.stop();
    person = undefined;
  });

  it('is kept in, listed, classified and called like any other', async () => {
    person = await mcpPerson();
    const reach = { kind: 'program', command: python, args: ['-m', 'mcp_server_time'], env: {}, read: [], write: [], net: [] } as const;
    const seen = await person.add('clock', reach);
    expect(seen.tools.map(({ verb }) => verb)).to.deep.equal(['convert_time', 'get_current_time']);
    await person.classify('clock', { convert_time: reading(), get_current_time: reading() });
    const converted = await person.call('clock.convert_time', {
      source_timezone: 'Europe/Berlin',
      time: '14:30',
      target_timezone: 'Asia/Tokyo',
    });
    expect(converted.outcome, converted.text).to.equal('ok');
    expect(converted.text).to.match(/T2[12]:30/);
    const wrong = await person.call('clock.get_current_time', { timezone: 'Middle/Earth' });
    expect(wrong.outcome).to.equal('failed');
    expect(wrong.text).to.include('Middle/Earth');
  });
});
