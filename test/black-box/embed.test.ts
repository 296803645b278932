import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startModelServer } from '../support/model-server.js';

const run = promisify(execFile);
const example = join(import.meta.dirname, '../../examples/embed.js');

describe('a script that embeds Pyra', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'pyra-embed-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('runs its own tool by its own approver and prints the events', async () => {
    const server = await startModelServer([
      {
        calls: [
          { name: 'shopping__add', args: { thing: 'tea' } },
          { name: 'shopping__add', args: { thing: 'gin' } },
        ],
      },
      { text: 'Tea is on your list.' },
    ]);
    try {
      const { stdout } = await run(process.execPath, [example, server.url, 'test', join(home, 'pyra')]);
      const lines = stdout.trim().split('\n');
      expect(lines.pop()).to.equal('on the list: tea');
      const events = lines.map((line) => JSON.parse(line) as { type: string; result?: { outcome: string } });
      expect(events.filter(({ type }) => type === 'tool-request')).to.have.length(2);
      expect(events.flatMap(({ result }) => (result === undefined ? [] : [result.outcome]))).to.deep.equal(['ok', 'denied']);
      expect(events.at(-1)?.type).to.equal('turn-end');
    } finally {
      await server.close();
    }
  });
});
