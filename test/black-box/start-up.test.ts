import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startLoopbackServer } from '../../src/adapters/support/loopback-server.js';
import { PROJECT } from '../support/source-files.js';

const PYRA = join(PROJECT, 'bin/pyra');
const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const env = { PATH: process.env.PATH, HOME: '/nonexistent', PYRA_HOME: '/nonexistent/pyra' };

/** Runs the built program on pipes with stdin closed. */
function pyra(...args: readonly string[]) {
  return spawnSync(PYRA, args, { encoding: 'utf8', env, input: '', timeout: 10_000 });
}

/** The files that a run of the built program loads. */
function loaded(args: readonly string[], more: Readonly<Record<string, string>> = {}): readonly string[] {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { if (url.startsWith('file:')) process.stderr.write('loads ' + url + '\\n'); return next(url, context); } });`;
  const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', preload, join(PROJECT, 'dist/main.js'), ...args], {
    encoding: 'utf8',
    env: { ...env, ...more },
    input: '',
  });
  return stderr.split('\n').filter((line) => line.startsWith('loads '));
}

describe('start-up of the built program', () => {
  for (const args of [['--version'], ['--help'], ['--json', '--version']]) {
    it(`loads fewer than 10 files for ${args.join(' ')}`, () => {
      expect(loaded(args).length).to.be.within(1, 9);
    });
  }

  it('loads fewer than 20 files for a question to a model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyra-start-'));
    try {
      const home = { HOME: folder, PYRA_HOME: join(folder, 'home') };
      // Nothing listens there any more: what answers a question is loaded before that shows.
      const gone = await startLoopbackServer(() => undefined);
      await gone.close();
      const address = ['--base-url', gone.url, '--no-check'];
      const used = spawnSync(PYRA, ['model', 'use', 'openai-compatible/none', ...address], { encoding: 'utf8', env: { ...env, ...home } });
      expect(used.status, used.stderr).to.equal(0);
      const files = loaded(['ask', 'hi'], home);
      expect(files.join('\n')).to.include('openai-model');
      expect(files.length).to.be.below(20);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('prints its version', () => {
    for (const flag of ['--version', '-V']) {
      const { status, stdout, stderr } = pyra(flag);
      expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: `pyra ${version}\n`, stderr: '' });
    }
  });

  it('prints help without an escape on a pipe', () => {
    const { status, stdout, stderr } = pyra('--help');
    expect(status).to.equal(0);
    expect(stdout).to.include('usage: pyra').and.not.include('\u001b');
    expect(stderr).to.equal('');
  });

  it('gives 2 and short help without a command and without a terminal', () => {
    const { status, stdout, stderr } = pyra();
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
    expect(stderr).to.include('usage: pyra COMMAND');
  });

  it('gives 2 and the nearest command for an unknown one', () => {
    const { status, stderr } = pyra('verison');
    expect(status).to.equal(2);
    expect(stderr).to.include('did you mean: pyra version');
  });

  it('ends with 0 when the reader of its output has gone', () => {
    const { stderr } = spawnSync('bash', ['-c', '{ sleep 0.3; "$0" --help; echo "status $?" >&2; } | true', PYRA], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).to.equal('status 0\n');
  });

  it('ends with 1 and the reason when its output cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip();
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" --help >/dev/full', PYRA], { encoding: 'utf8', env });
    expect(status).to.equal(1);
    expect(stderr).to.match(/^pyra: cannot write the output: .*ENOSPC.*\n$/);
  });

  it('does not open the debugging port on SIGUSR1', async () => {
    const child = spawn(process.execPath, ['--disable-sigusr1', join(PROJECT, 'dist/main.js'), 'version'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.kill('SIGUSR1');
    await once(child, 'close');
    expect(stderr).not.to.include('Debugger listening');
  });
});
