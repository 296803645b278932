import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { FsPluginLibrary } from '../../../../src/adapters/plugins/fs-plugin-library.js';
import { plainJavaScript } from '../../../../src/adapters/plugins/plain-javascript.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { InstalledPlugin } from '../../../../src/core/domain/plugin.js';
import type { PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { startProgram, untilPrinted } from '../../../support/child-program.js';
import { momentOf } from '../../../support/messages.js';
import { PROJECT } from '../../../support/source-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

/** By hand with more: PYRA_KILLS=1000. */
const KILLS = Number(process.env.PYRA_KILLS ?? 12);
const WEATHER = 'weather' as PluginName;

describe('FsPluginLibrary', () => {
  let root: string;
  let library: FsPluginLibrary;
  let mask: number;

  const open = (): FsPluginLibrary =>
    new FsPluginLibrary({
      plugins: join(root, 'plugins'),
      state: join(root, 'state', 'plugins'),
      bundled: join(root, 'bundled'),
      now: () => momentOf(1),
      strip: async () => plainJavaScript,
    });

  beforeEach(() => {
    root = temporaryFolder();
    library = open();
    mask = process.umask();
  });

  afterEach(() => {
    process.umask(mask);
    removeFolder(root);
  });

  const write = (files: Readonly<Record<string, string>>, more: JsonObject = {}): string => {
    const folder = join(root, 'source');
    const manifest = { api: 1, name: 'weather', version: '1.0.0', description: 'x', entry: 'plugin.mjs', tools: [], ...more };
    for (const [path, text] of Object.entries({ 'manifest.json': JSON.stringify(manifest), ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  };
  const install = async (path: string): Promise<InstalledPlugin> => {
    const source = { kind: 'folder', path } as const;
    return library.install(source, (await library.inspect(source)).digest);
  };
  const faultOf = async (path: string): Promise<string> =>
    library.inspect({ kind: 'folder', path }).then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    );
  const below = (folder: string): readonly string[] => (readdirSync(folder, { recursive: true }) as string[]).sort();
  const inPlugins = (): readonly string[] => readdirSync(join(root, 'plugins')).sort();

  for (const umask of [0o000, 0o022, 0o277]) {
    it(`gives folders 700 and files 600 under umask ${umask.toString(8)}, whatever the source has`, async () => {
      const folder = write({ 'plugin.mjs': '', 'lib/deep/part.mjs': '' });
      chmodSync(join(folder, 'plugin.mjs'), 0o777);
      mkdirSync(join(root, 'plugins'), { mode: 0o700 });
      mkdirSync(join(root, 'state', 'plugins'), { recursive: true, mode: 0o700 });
      process.umask(umask);
      const plugin = await install(folder);
      process.umask(mask);
      const modes = below(plugin.folder).map((name) => [name, (statSync(join(plugin.folder, name)).mode & 0o7777).toString(8)]);
      expect(modes).to.deep.equal([
        ['data', '700'],
        ['lib', '700'],
        ['lib/deep', '700'],
        ['lib/deep/part.mjs', '600'],
        ['manifest.json', '600'],
        ['plugin.mjs', '600'],
      ]);
      expect(statSync(plugin.folder).mode & 0o777).to.equal(0o700);
      expect(statSync(join(root, 'state/plugins/weather.json')).mode & 0o777).to.equal(0o600);
    });
  }

  it('does not look through a folder that is no plugin', async () => {
    const folder = join(root, 'documents');
    mkdirSync(join(folder, 'deep', 'node_modules'), { recursive: true });
    symlinkSync('/etc', join(folder, 'link'));
    expect(await faultOf(folder)).to.equal(`there is no manifest.json in ${folder}`);
  });

  it('leaves tests, hidden files and data/ of the source out', async () => {
    const folder = write({ 'plugin.mjs': '', 'plugin.test.ts': 'x', '.git/config': 'x', '.env': 'x', 'data/cache': 'x', 'README.md': 'x' });
    const plugin = await install(folder);
    expect(below(plugin.folder)).to.deep.equal(['README.md', 'data', 'manifest.json', 'plugin.mjs']);
  });

  it('keeps data/ through an update and takes the old files away', async () => {
    const first = await install(write({ 'plugin.mjs': '1', 'old.mjs': '' }));
    writeFileSync(join(first.dataFolder, 'cache'), 'kept');
    rmSync(join(root, 'source', 'old.mjs'));
    const second = await install(write({ 'plugin.mjs': '2' }, { version: '2.0.0' }));
    expect(readFileSync(join(second.dataFolder, 'cache'), 'utf8')).to.equal('kept');
    expect(below(second.folder)).to.deep.equal(['data', 'data/cache', 'manifest.json', 'plugin.mjs']);
    expect(await library.faults(second)).to.deep.equal([]);
    expect(inPlugins()).to.deep.equal(['weather']);
    await library.remove(WEATHER);
    expect(inPlugins()).to.deep.equal([]);
    expect(readdirSync(join(root, 'state', 'plugins'))).to.deep.equal([]);
  });

  it('tells links below the installed plugin, in data/ too, and a link in place of its folder', async () => {
    const plugin = await install(write({ 'plugin.mjs': '' }));
    symlinkSync('/etc', join(plugin.dataFolder, 'etc'));
    expect(await library.faults(plugin)).to.deep.equal(['data/etc is a symbolic link']);
    renameSync(plugin.folder, join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), plugin.folder);
    expect(await library.faults(plugin)).to.deep.equal(['its folder is a symbolic link']);
    rmSync(plugin.folder);
    expect(await library.faults(plugin)).to.deep.equal(['its folder, or a part of it, is missing']);
    expect(await library.list()).to.have.length(1);
  });

  it('refuses links, second names and pipes in a source, all at once', async () => {
    const folder = write({ 'plugin.mjs': '' });
    symlinkSync('/etc/passwd', join(folder, 'words.txt'));
    linkSync(join(folder, 'plugin.mjs'), join(folder, 'twin.mjs'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const fault = await faultOf(folder);
    expect(fault).to.include('words.txt is a symbolic link').and.to.include('twin.mjs has another name').and.to.include('pipe is a pipe');
  });

  it('refuses node_modules with the reason, too many files, too many bytes and too large trees', async () => {
    const folder = write({ 'plugin.mjs': '', 'node_modules/left-pad/index.js': '' });
    expect(await faultOf(folder)).to.include('it has node_modules. A plugin ships built');
    rmSync(join(folder, 'node_modules'), { recursive: true });
    for (let count = 0; count < 499; count += 1) writeFileSync(join(folder, `f${count}.mjs`), '');
    expect(await faultOf(folder)).to.include('it has 501 files; at most 500 are allowed');
    rmSync(join(folder, 'f0.mjs'));
    expect(await faultOf(folder)).to.equal('taken');
    writeFileSync(join(folder, 'f1.mjs'), Buffer.alloc(20 * 1024 * 1024));
    expect(await faultOf(folder)).to.include('its files take 20.0 MB; at most 20 MB');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'manifest.json'), '{}');
    for (let count = 0; count <= 5_001; count += 1) writeFileSync(join(folder, `f${count}`), '');
    expect(await faultOf(folder)).to.include('more than 5,000 files and folders');
  });

  describe('with a plugin in TypeScript', () => {
    const source = {
      'plugin.ts': [
        "import type { Word } from './word.ts';",
        "import { greet } from './lib/greet.ts';",
        "import { name } from './name.js';",
        "import { sep } from 'node:path';",
        "const late = () => import('./lib/late.ts');",
        "export { twice } from './lib/greet.ts';",
        'export const text: Word = greet(name) + sep;',
        'export const later = async (): Promise<number> => (await late()).late;',
        'export const prose = "words from \'./lib/nowhere.ts\' stay";',
        '',
      ].join('\n'),
      'word.ts': 'export type Word = string;\n',
      'name.ts': 'export const name: string = "Ana";\n',
      'lib/greet.ts':
        "import { name } from '../name.ts';\nexport const greet = (who: string) => [name, who].join(' ');\nexport const twice = 2;\n",
      'lib/late.ts': 'export const late = 3;\n',
      'globals.d.ts': 'declare const x: number;\n',
      'plugin.test.ts': 'import "mocha";\n',
    };

    it('installs modules that run as they are, with the entry that was written', async () => {
      const plugin = await install(write(source, { entry: 'plugin.ts' }));
      expect(plugin.manifest.entry).to.equal('plugin.mjs');
      expect(JSON.parse(readFileSync(join(plugin.folder, 'manifest.json'), 'utf8'))).to.include({ entry: 'plugin.mjs', version: '1.0.0' });
      expect(
        below(plugin.folder)
          .filter((path) => path.includes('.'))
          .sort(),
      ).to.deep.equal(['lib/greet.mjs', 'lib/late.mjs', 'manifest.json', 'name.mjs', 'plugin.mjs', 'word.mjs']);
      const module = await import(pathToFileURL(join(plugin.folder, 'plugin.mjs')).href);
      expect(module).to.include({ text: 'Ana Ana/', twice: 2, prose: "words from './lib/nowhere.ts' stay" });
      expect(await module.later()).to.equal(3);
      expect(await library.faults(plugin)).to.deep.equal([]);
      expect((await library.inspect(plugin.source)).digest).to.equal(plugin.digest);
    });

    it('names what cannot be made plain: enums, packages, a file that is there already, broken code', async () => {
      const fault = await faultOf(
        write(
          {
            'plugin.ts': "import { definePlugin } from 'pyra/plugin';\nimport dayjs from 'dayjs';\nimport fs from 'fs';\n",
            'level.ts': 'export enum Level { Low }\n',
            'name.ts': 'export const a: = 1;\n',
            'twin.ts': '',
            'twin.mjs': '',
          },
          { entry: 'plugin.ts' },
        ),
      );
      expect(fault)
        .to.include('plugin.ts: imports the package dayjs')
        .and.to.include('level.ts: TypeScript enum is not supported')
        .and.to.include('name.ts: ')
        .and.to.include('twin.ts: there is a twin.mjs')
        .and.not.include('pyra/plugin')
        .and.not.include('package fs');
    });

    it('warns nobody that a part of Node is experimental', () => {
      const module = pathToFileURL(join(PROJECT, 'build/src/adapters/plugins/plain-javascript.js')).href;
      const code = `import { plainJavaScript } from ${JSON.stringify(module)};
        const { files } = plainJavaScript([{ path: 'a.ts', content: Buffer.from('const a: number = 1;') }], 'a.ts');
        process.stdout.write(files[0].content);
        process.emitWarning('still heard');`;
      const run = startInline(code);
      expect(run.stdout).to.equal('const a         = 1;');
      expect(run.stderr).to.include('still heard').and.not.include('ExperimentalWarning');
    });
  });

  it('finishes what another process had begun, and clears away what it left', async () => {
    const plugin = await install(write({ 'plugin.mjs': '1' }));
    writeFileSync(join(plugin.dataFolder, 'cache'), 'kept');
    const record = JSON.parse(readFileSync(join(root, 'state/plugins/weather.json'), 'utf8'));
    const staged = '.weather.999999.0123456789ab.tmp';
    mkdirSync(join(root, 'plugins', staged));
    for (const name of ['manifest.json', 'plugin.mjs']) {
      writeFileSync(join(root, 'plugins', staged, name), readFileSync(join(plugin.folder, name)));
    }
    writeFileSync(join(root, 'state/plugins/weather.json'), JSON.stringify({ ...record, pending: { staged } }));
    const leftover = join(root, 'plugins', '.email.999999.0123456789ab.tmp');
    mkdirSync(leftover);
    utimesSync(leftover, 1, 1);
    const [found] = await open().list();
    expect(found).to.deep.equal(plugin);
    expect(await library.faults(plugin)).to.deep.equal([]);
    expect(readFileSync(join(plugin.dataFolder, 'cache'), 'utf8')).to.equal('kept');
    await install(write({ 'plugin.mjs': '1' }));
    expect(inPlugins()).to.deep.equal(['weather']);
    writeFileSync(join(root, 'state/plugins/weather.json'), JSON.stringify({ ...record, pending: { removal: true } }));
    expect(await open().list()).to.deep.equal([]);
    expect(inPlugins()).to.deep.equal([]);
  });

  it('says which record is damaged and how to go on', async () => {
    await install(write({ 'plugin.mjs': '' }));
    writeFileSync(join(root, 'state/plugins/weather.json'), '{"v":1');
    const failure = await library.list().catch((error: unknown) => error);
    expect(failure).to.include({ code: 'home/insecure', message: 'state/plugins/weather.json is damaged' });
  });

  it('passes over what is no plugin', async () => {
    mkdirSync(join(root, 'plugins', 'stray'), { recursive: true });
    mkdirSync(join(root, 'state', 'plugins'), { recursive: true });
    writeFileSync(join(root, 'state', 'plugins', 'Bad Name.json'), '{}');
    expect(await library.list()).to.deep.equal([]);
    expect(await library.remove('../stray' as PluginName)).to.equal(false);
    expect(existsSync(join(root, 'plugins', 'stray'))).to.equal(true);
  });

  it(`is the old or the new plugin, whole and with its data, when it is killed at any moment (${KILLS} times)`, async () => {
    let confirmedInAll = 0;
    for (let run = 0; run < KILLS; run += 1) {
      const child = startProgram('plugin-library-process.js', [root, String(run)]);
      await untilPrinted(child, '.0\n');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      child.process.kill('SIGKILL');
      const { stdout, stderr, signal } = await child.ended;
      expect(signal, stderr).to.equal('SIGKILL');
      const confirmed = stdout.split('\n').slice(1, -1);
      confirmedInAll += confirmed.length;
      const last = Number(confirmed.at(-1)?.split('.')[1]);
      const [plugin, ...more] = await open().list();
      expect(more).to.deep.equal([]);
      if (plugin === undefined) {
        expect(last % 10, 'only a removal leaves nothing').to.equal(9);
        continue;
      }
      expect([`${run}.${last}.0`, `${run}.${last + 1}.0`]).to.include(plugin.manifest.version);
      expect(await library.faults(plugin), `run ${run}`).to.deep.equal([]);
      expect(readFileSync(join(plugin.folder, 'plugin.mjs'), 'utf8')).to.include(`'${plugin.manifest.version}'`);
      expect(readdirSync(plugin.folder)).to.include('data');
      if (existsSync(join(plugin.dataFolder, 'run'))) {
        expect(Number(readFileSync(join(plugin.dataFolder, 'run'), 'utf8'))).to.be.lessThan(run);
      }
      writeFileSync(join(plugin.dataFolder, 'run'), String(run));
    }
    expect(confirmedInAll).to.be.greaterThan(KILLS);
  }).timeout(30_000 + KILLS * 3_000);

  it('lists plugins without reading their code', async () => {
    const { folder } = await install(write({ 'plugin.mjs': 'export {};' }));
    rmSync(join(folder, 'plugin.mjs'));
    // Whoever reads it waits for ever.
    execFileSync('mkfifo', [join(folder, 'plugin.mjs')]);
    expect(await library.list()).to.have.length(1);
  });
});

function startInline(code: string): { readonly stdout: string; readonly stderr: string } {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}
