import { expect } from 'chai';
import { startPatience } from '../../../../src/adapters/mcp/start-patience.js';
import { mcpServer } from '../../../support/mcp/opened-server.js';

describe('startPatience', () => {
  const program = (command: string) =>
    startPatience(mcpServer({ kind: 'program', command, args: [], env: {}, read: [], write: [], net: [] }));

  it('is longer for programs that fetch what they run, and says that', () => {
    expect(program('/usr/bin/npx').seconds).to.equal(120);
    expect(program('/usr/bin/npx').hint).to.contain('npx may still be fetching the server');
    expect(program('/home/alice/.local/bin/uvx').seconds).to.equal(120);
    expect(program('/usr/bin/node').seconds).to.equal(30);
    expect(startPatience(mcpServer({ kind: 'address', url: 'https://example.com/npx', headers: {} })).seconds).to.equal(30);
  });
});
