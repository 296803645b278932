import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runPyra } from '../support/built-program.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

describe('a full disk, as the process shows it', function () {
  this.timeout(60_000);
  let disk: string;
  let home: string;
  let server: ModelServer;
  let mounted = false;

  before(async function () {
    disk = temporaryFolder();
    home = join(disk, 'home');
    mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k,mode=700', 'tmpfs', disk]).status === 0;
    // Only root may mount the small disk that this needs.
    if (!mounted) this.skip();
    server = await startModelServer(() => ({ text: 'Here.' }));
  });
  after(async () => {
    await server?.close();
    if (mounted) spawnSync('umount', [disk]);
    removeFolder(disk);
  });

  it('ends a question with a clear error, loses nothing, and goes on when there is room again', async () => {
    const env = { HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent' };
    const setup = ['setup', '--provider', 'openai-compatible', '--base-url', server.url, '--model', 'm', '--no-key', '--no-input'];
    expect((await runPyra(setup, { home, env })).code).to.equal(0);
    expect((await runPyra(['ask', 'before'], { home, env })).stdout).to.equal('Here.\n');
    const config = readFileSync(join(home, 'config.yaml'), 'utf8');
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (let number = 0; ; number += 1) writeFileSync(join(disk, `filler-${size}-${number}`), 'x'.repeat(size));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).to.equal('ENOSPC');
      }
    }

    const asked = await runPyra(['ask', 'during'], { home, env });
    expect(asked.code, asked.stderr).to.equal(1);
    expect(asked.stderr)
      .to.match(/^pyra: .*the disk is full/m)
      .and.not.match(/\n {4}at /);
    const set = await runPyra(['config', 'set', 'ai.max_rounds', '3'], { home, env });
    expect(set.code, set.stderr).to.equal(1);
    expect(readFileSync(join(home, 'config.yaml'), 'utf8')).to.equal(config);

    for (const name of readdirSync(disk)) if (name.startsWith('filler')) rmSync(join(disk, name));
    expect((await runPyra(['ask', '-c', 'after'], { home, env })).stdout).to.equal('Here.\n');
    expect(server.chats().at(-1)?.raw).to.contain('before');
    expect((await runPyra(['security', 'log', '--verify'], { home, env })).code).to.equal(0);
  });
});
