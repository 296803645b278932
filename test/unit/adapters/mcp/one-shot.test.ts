import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { PROJECT } from '../../../support/source-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('a process that has called a tool of an MCP server', function () {
  this.timeout(30_000);
  let folder: string;

  const run = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const script = join(PROJECT, 'build/test/support/mcp/one-shot.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, join(folder, 'home'), ...args], { timeout: 20_000 });
    return JSON.parse(stdout);
  };

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => removeFolder(folder));

  it('ends by itself, though the server runs on', async () => {
    expect(await run()).to.deep.equal({ text: '{"a":1}' });
  });

  it('has grown by some tens of megabytes after a flood, at most', async () => {
    const { text, grown } = await run('flood');
    expect(text).to.contain('sent a message of more than 10 MB');
    expect(grown).to.be.below(60);
  });
});
