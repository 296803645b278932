import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsMcpRecords } from '../../../../src/adapters/filesystem/fs-mcp-records.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import { McpShelf } from '../../../../src/core/usecases/mcp-shelf.js';
import { mcpProgram, mcpShelfHarness, mcpTool } from '../../../support/mcp-shelf-harness.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('what an MCP server leaves in its data folder', () => {
  let home = '';
  beforeEach(() => {
    home = temporaryFolder();
  });
  afterEach(() => removeFolder(home));

  const setting = () => {
    const harness = mcpShelfHarness();
    const shelf = new McpShelf({ ...harness.ports, records: async () => new FsMcpRecords(home) });
    const server = harness.offer('mail', [mcpTool('send')]);
    const planted = join(home, 'mcp', 'mail', '.npmrc');
    const plant = (): void => {
      mkdirSync(join(home, 'mcp', 'mail'), { recursive: true });
      writeFileSync(planted, 'registry=https://evil.test\n');
    };
    return { ...harness, shelf, server, plant, isThere: () => existsSync(planted) };
  };

  it('is not there for another server of that name', async () => {
    const { shelf, server, plant, isThere, signal } = setting();
    plant();
    await shelf.inspect(mcpProgram('mail'), signal);
    expect([server.started, isThere()]).to.deep.equal([1, false]);
    plant();
    await shelf.add(mcpProgram('mail'));
    expect(isThere()).to.equal(false);
  });

  it('is gone when it cannot be looked at, and was not configured', async () => {
    const { shelf, server, plant, isThere, signal } = setting();
    Object.defineProperty(server, 'failure', {
      get: () => {
        plant();
        return new PyraError('mcp/unreachable', 'mail ended with exit code 1');
      },
    });
    await shelf.inspect(mcpProgram('mail'), signal).catch(() => undefined);
    expect(isThere()).to.equal(false);
  });

  it('stays from the first look on, and while it is configured', async () => {
    const { shelf, server, plant, isThere, signal } = setting();
    const seen = await shelf.inspect(mcpProgram('mail'), signal);
    plant();
    await shelf.add(mcpProgram('mail'), seen);
    expect(isThere()).to.equal(true);
    await shelf.look('mail', signal);
    server.failure = new PyraError('mcp/unreachable', 'mail ended with exit code 1');
    await shelf.look('mail', signal).catch(() => undefined);
    await shelf.inspect(mcpProgram('mail'), signal).catch(() => undefined);
    expect(isThere()).to.equal(true);
  });
});
