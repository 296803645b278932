import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { PROJECT } from '../support/source-files.js';

const SCRIPT = `import { createPyra, type Pyra } from 'pyra';
const pyra: Pyra = await createPyra({ home: process.argv[2] ?? 'home' });
const tools = await pyra.toolbox.definitions();
console.log(tools.map(({ name }) => name).join(' '));
await pyra.close();
`;

describe('the package, installed by a stranger', function () {
  this.timeout(120_000);
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  let folder = '';
  let installed = '';
  let env: Record<string, string> = {};

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'pyra-pack-'));
    // npm's cache is the person's; everything else is in the folder. Nothing may use the network.
    env = {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME ?? folder,
      npm_config_update_notifier: 'false',
    };
    const packed = npm('pack', PROJECT, '--ignore-scripts', '--pack-destination', folder);
    expect(packed.status, packed.stderr).to.equal(0);
    writeFileSync(join(folder, 'package.json'), '{"name":"stranger","private":true,"type":"module"}');
    const added = npm('install', '--offline', '--omit=optional', '--no-audit', '--no-fund', join(folder, `pyra-${version}.tgz`));
    if (added.status !== 0 && added.stderr.includes('ENOTCACHED')) {
      process.stderr.write("skipped: the package, installed by a stranger (its dependencies are not in npm's cache)\n");
      this.skip();
    }
    expect(added.status, added.stderr).to.equal(0);
    installed = join(folder, 'node_modules/pyra');
    env = { ...env, HOME: folder, PYRA_HOME: join(folder, 'home') };
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function npm(...args: readonly string[]) {
    return run('npm', args);
  }

  function run(program: string, args: readonly string[]) {
    return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env, input: '', timeout: 60_000 });
  }

  it('prints its version', () => {
    const { status, stdout, stderr } = run(join(folder, 'node_modules/.bin/pyra'), ['--version']);
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: `pyra ${version}\n`, stderr: '' });
  });

  it('brings its plugins, and runs one that the stranger wrote', () => {
    const pyra = (...args: readonly string[]): string => {
      const { status, stdout, stderr } = run(join(folder, 'node_modules/.bin/pyra'), args);
      expect(status, `${args.join(' ')}: ${stdout}${stderr}`).to.equal(0);
      return stdout;
    };
    expect(pyra('plugin', 'list'))
      .to.match(/^email .*not installed/m)
      .and.to.match(/^nextcloud .*not installed/m);
    pyra('plugin', 'install', 'email', '--yes');
    pyra('plugin', 'new', 'garden');
    pyra('plugin', 'install', './garden', '--yes');
    pyra('plugin', 'enable', 'garden');
    pyra('tool', 'call', 'garden.add', '--args', '{"item":"tomatoes"}', '--allow', 'garden.add');
    expect(pyra('tool', 'call', 'garden.show')).to.include('tomatoes');
  });

  it('gives the tour, which uses model, gate, memory and vault', () => {
    const { status, stdout, stderr } = run(join(folder, 'node_modules/.bin/pyra'), ['demo']);
    expect(status, stderr).to.equal(0);
    expect(stdout)
      .to.match(/scripted/i)
      .and.not.include('\u001b');
  });

  it('has every licence of what is bundled', () => {
    const text = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['openai', '@inversifyjs/core', 'age-encryption', 'yaml', 'class-validator', '@noble/hashes']) {
      expect(text).to.match(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S`, 'm'));
    }
    expect(existsSync(join(installed, 'THIRD-PARTY-NOTICES.md'))).to.equal(true);
  });

  it('brings none of the packages that are inside its bundle', () => {
    expect(readdirSync(join(folder, 'node_modules')))
      .to.include('clipboardy')
      .and.not.include.members(['openai']);
  });

  it('type-checks and runs a script that embeds it', () => {
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'script.ts'), `declare const process: { readonly argv: readonly string[] };\n${SCRIPT}`);
    const options = {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom', 'dom.asynciterable'],
      types: [],
      strict: true,
      rootDir: '.',
      outDir: '../out',
    };
    writeFileSync(join(source, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, exactOptionalPropertyTypes: true } }));
    copyFileSync(join(folder, 'package.json'), join(source, 'package.json'));
    const checked = run(process.execPath, [join(PROJECT, 'node_modules/typescript/bin/tsc'), '-p', source]);
    expect(checked.stdout + checked.stderr).to.equal('');
    const { status, stdout, stderr } = run(process.execPath, [join(folder, 'out/script.js'), join(folder, 'embedded')]);
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('memory.remember');
  });
});
