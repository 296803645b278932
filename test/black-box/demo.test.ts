import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, PYRA, runPyra } from '../support/built-program.js';
import { openPty } from '../support/pty.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

describe('the demo of the built program', function () {
  this.timeout(40_000);
  let folder = '';
  let home = '';
  let temporary = '';
  beforeEach(() => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    temporary = join(folder, 'tmp');
    mkdirSync(temporary);
  });
  afterEach(() => removeFolder(folder));
  const env = () => ({ TMPDIR: temporary });

  it('plays on a pipe without a question, within 20 s, and leaves nothing behind', async () => {
    for (const args of [['demo'], ['start'], ['demo', '--auto']]) {
      const { code, stdout, stderr } = await runPyra(args, { home, env: env(), timeoutMs: 20_000 });
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^A tour of Pyra, with a scripted model\n/);
      expect(stdout).to.include('memory.remember (memory) wants to run').and.to.include('answers [y] once by itself');
      expect(stdout).to.include('← memory.remember: ok').and.to.include('Green tea, without milk.');
      expect(stdout).to.include('vault   1 secret').and.to.include('the chain is whole');
      expect(stdout + stderr).not.to.include('\u001b');
      expect(stdout + stderr).not.to.include('demo-key');
      expect(readdirSync(temporary)).to.deep.equal([]);
      expect(existsSync(home)).to.equal(false);
    }
  });

  it('answers one JSON object under --json', async () => {
    const { code, stdout } = await runPyra(['demo', '--json'], { home, env: env() });
    expect(code).to.equal(0);
    const { v, scripted, turns, notes, secrets } = JSON.parse(stdout);
    expect({ v, scripted, notes, secrets }).to.deep.equal({ v: 1, scripted: true, notes: 1, secrets: 1 });
    expect(turns.map(({ calls }: { calls: unknown }) => calls)).to.deep.equal([
      [],
      [{ tool: 'memory.remember', outcome: 'ok' }],
      [{ tool: 'memory.search', outcome: 'ok' }],
    ]);
  });

  const watched = async (key: string) => {
    const pty = openPty([PYRA, 'demo'], { env: cleanEnvironment({ home, env: env() }) });
    try {
      await pty.waitFor('details', 0, 15_000);
      await new Promise((resolve) => setTimeout(resolve, 900));
      pty.type(key);
      const code = await pty.exit;
      return { code, output: pty.output() };
    } finally {
      pty.kill();
    }
  };

  it('lets the person allow the call on the real card', async () => {
    const { code, output } = await watched('y');
    expect(code).to.equal(0);
    expect(output).to.include('allowed once').and.to.include('memory.remember: ok').and.to.include('1 note in Markdown');
  });

  it('writes nothing when the person says no, and says so', async () => {
    const { code, output } = await watched('\r');
    expect(code).to.equal(0);
    expect(output).to.include('memory.remember: denied').and.to.include('nothing was written').and.to.include('0 notes');
  });

  it('ends at Ctrl-C on the card, and leaves nothing behind', async () => {
    const { code } = await watched('\x03');
    expect(code).to.equal(130);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });
});
