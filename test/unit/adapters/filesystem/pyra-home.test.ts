import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PyraHome } from '../../../../src/adapters/filesystem/pyra-home.js';
import { removeTree } from '../../../../src/adapters/support/remove-tree.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('PyraHome', () => {
  let folder: string;
  let root: string;
  let home: PyraHome;
  let mask: number;

  beforeEach(() => {
    folder = temporaryFolder();
    root = join(folder, 'deep', 'home');
    home = new PyraHome(root);
    mask = process.umask();
  });

  afterEach(() => {
    process.umask(mask);
    removeFolder(folder);
  });

  const modes = (): Record<string, string> =>
    Object.fromEntries(
      ['.', ...(readdirSync(root, { recursive: true }) as string[])]
        .sort()
        .map((name) => [name, (statSync(join(root, name)).mode & 0o777).toString(8)]),
    );
  const failure = async (): Promise<unknown> => home.prepare().catch((thrown: unknown) => thrown);

  for (const umask of [0o000, 0o022, 0o277]) {
    it(`makes the tree with the right modes under umask ${umask.toString(8)}`, async () => {
      process.umask(umask);
      await home.prepare();
      process.umask(mask);
      expect(modes()).to.deep.equal({
        '.': '700',
        conversations: '700',
        logs: '700',
        memory: '700',
        'memory/context': '700',
        'memory/knowledge': '700',
        'memory/user': '700',
        plugins: '700',
        run: '700',
        state: '700',
        vault: '700',
        'vault/.vault_lock': '400',
      });
      expect(statSync(join(folder, 'deep')).mode & 0o077).to.equal(0);
    });
  }

  it('says so, and ends, where no folder can be made', async function () {
    if (process.platform !== 'linux') this.skip();
    writeFileSync(join(folder, 'file'), '');
    for (const place of ['/proc/nowhere', join(folder, 'file/home')]) {
      const error = await new PyraHome(place).prepare().catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'home/unwritable'), String(error)).to.equal(true);
    }
  });

  it('repairs every known file and folder that is too wide, with one finding each', async () => {
    await home.prepare();
    const files = ['config.yaml', 'security.log', 'logs/tool_executions.log'];
    for (const name of files) writeFileSync(join(root, name), '');
    writeFileSync(join(root, 'vault/keyring.age'), '');
    for (const name of [...files, 'vault/keyring.age', 'vault/.vault_lock']) chmodSync(join(root, name), 0o644);
    for (const name of ['.', 'vault', 'memory']) chmodSync(join(root, name), 0o755);
    const repaired = await home.prepare();
    expect(repaired.map(({ message }) => message.split(' ')[0]).sort()).to.deep.equal(
      [
        'the',
        'memory',
        'config.yaml',
        'security.log',
        'logs/tool_executions.log',
        'vault',
        'vault/.vault_lock',
        'vault/keyring.age',
      ].sort(),
    );
    expect(repaired.find(({ message }) => message.startsWith('config'))?.message).to.equal('config.yaml had mode 644; it is 600 now');
    expect(modes()).to.include({
      '.': '700',
      vault: '700',
      memory: '700',
      'config.yaml': '600',
      'vault/.vault_lock': '400',
      'vault/keyring.age': '400',
    });
  });

  it('repairs what lies deeper when it is told to, and reports it before', async () => {
    await home.prepare();
    for (const name of ['conversations/a.jsonl', 'memory/user/profile.md', 'state/history']) {
      writeFileSync(join(root, name), '');
      chmodSync(join(root, name), 0o644);
    }
    expect(await home.prepare()).to.deep.equal([]);
    expect((await home.inspect()).map(({ label }) => label)).to.deep.equal(['mode-too-wide', 'mode-too-wide', 'mode-too-wide']);
    expect(await home.prepare({ everything: true })).to.have.length(3);
    expect(await home.inspect()).to.deep.equal([]);
  });

  it('does not look at what a plugin keeps for itself, which may be much, and deeper than any path', async () => {
    await home.prepare();
    const name = 'd'.repeat(200);
    const data = join(root, 'plugins/weather/data');
    const deep = (below: string): string => join(data, below, ...Array.from({ length: 17 }, () => name));
    for (const below of ['first', 'second']) mkdirSync(deep(below), { recursive: true, mode: 0o700 });
    renameSync(join(data, 'second'), join(deep('first'), 'second'));
    writeFileSync(join(data, 'open'), '', { mode: 0o644 });
    chmodSync(join(root, 'plugins/weather'), 0o700);
    chmodSync(data, 0o755);
    const found = (await home.inspect()).filter(({ message }) => message.includes('weather'));
    expect(found.map(({ message }) => message)).to.deep.equal(['plugins/weather/data has mode 755: others than you can reach it']);
    await removeTree(data, join(root, 'heap'));
  });

  it('knows the folders of MCP servers, and does not look at what they keep in them', async () => {
    await home.prepare();
    mkdirSync(join(root, 'state/mcp'));
    mkdirSync(join(root, 'mcp/files/.cache'), { recursive: true });
    writeFileSync(join(root, 'state/mcp/files.json'), '');
    writeFileSync(join(root, 'mcp/files/.cache/open'), '');
    symlinkSync('/', join(root, 'mcp/files/link'));
    const wide = ['mcp', 'mcp/files', 'mcp/files/.cache/open', 'state/mcp', 'state/mcp/files.json'];
    for (const name of wide) chmodSync(join(root, name), name.endsWith('open') ? 0o666 : 0o755);
    const found = (await home.inspect()).map(({ message }) => message.split(' ')[0]);
    expect(found).to.deep.equal(['mcp', 'mcp/files', 'state/mcp', 'state/mcp/files.json']);
    expect((await home.prepare()).map(({ message }) => message)).to.have.members([
      'mcp had mode 755; it is 700 now',
      'state/mcp had mode 755; it is 700 now',
    ]);
    await home.prepare({ everything: true });
    expect(await home.inspect()).to.deep.equal([]);
    expect(statSync(join(root, 'state/mcp/files.json')).mode & 0o777).to.equal(0o600);
    expect(statSync(join(root, 'mcp/files/.cache/open')).mode & 0o777).to.equal(0o666);
  });

  for (const name of ['mcp', 'state/mcp']) {
    it(`refuses a symbolic link in place of ${name}`, async () => {
      await home.prepare();
      mkdirSync(join(folder, 'elsewhere'));
      symlinkSync(join(folder, 'elsewhere'), join(root, name));
      expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
    });
  }

  it('knows the folders of plugins, and what is kept about them', async () => {
    await home.prepare();
    mkdirSync(join(root, 'state/plugins'), { mode: 0o755 });
    mkdirSync(join(root, 'plugins/weather/data'), { recursive: true, mode: 0o755 });
    for (const name of ['state/plugins/weather.json', 'plugins/weather/plugin.mjs']) writeFileSync(join(root, name), '', { mode: 0o600 });
    chmodSync(join(root, 'state/plugins/weather.json'), 0o644);
    chmodSync(join(root, 'state/plugins'), 0o755);
    const found = (await home.inspect()).map(({ message }) => message.split(' ')[0]);
    expect(found).to.include.members(['state/plugins', 'state/plugins/weather.json', 'plugins/weather', 'plugins/weather/data']);
    expect((await home.prepare()).map(({ message }) => message)).to.deep.equal(['state/plugins had mode 755; it is 700 now']);
    await home.prepare({ everything: true });
    expect(await home.inspect()).to.deep.equal([]);
    rmSync(join(root, 'state/plugins'), { recursive: true });
    symlinkSync(folder, join(root, 'state/plugins'));
    expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
  });

  for (const name of ['config.yaml', 'vault', 'logs', 'run', 'conversations', 'state', 'memory', 'security.log']) {
    it(`refuses a symbolic link in place of ${name} and leaves its target alone`, async () => {
      await home.prepare();
      const target = join(folder, 'target');
      mkdirSync(target);
      chmodSync(target, 0o755);
      rmSync(join(root, name), { recursive: true, force: true });
      symlinkSync(target, join(root, name));
      expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
      expect(statSync(target).mode & 0o777).to.equal(0o755);
      expect(readdirSync(target)).to.deep.equal([]);
    });
  }

  it('follows a symbolic link to the home itself', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'alias'));
    await new PyraHome(join(folder, 'alias')).prepare();
    expect(existsSync(join(folder, 'real', 'vault', '.vault_lock'))).to.equal(true);
  });

  it('refuses a file where a folder should be, and a folder where a file should be', async () => {
    await home.prepare();
    rmSync(join(root, 'state'), { recursive: true });
    writeFileSync(join(root, 'state'), '');
    expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
    rmSync(join(root, 'state'));
    mkdirSync(join(root, 'config.yaml'));
    expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
  });

  it('refuses a file in place of the home', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(root, '');
    expect(isPyraError(await failure(), 'home/insecure')).to.equal(true);
  });

  it('refuses a foreign owner', async function () {
    if (process.getuid?.() !== 0) this.skip();
    await home.prepare();
    chownSync(join(root, 'logs'), 65_534, 65_534);
    const error = await failure();
    expect(isPyraError(error, 'home/insecure')).to.equal(true);
    expect((error as Error).message).to.equal('logs belongs to another user');
    expect((await home.inspect()).map(({ label }) => label)).to.deep.equal(['foreign-owner']);
  });

  for (const [what, make] of [
    ['a configuration', (at: string) => writeFileSync(join(at, 'config.yaml'), '')],
    ['a note', (at: string) => writeFileSync(join(at, 'memory/user/profile.md'), '')],
    ['a vault folder', (at: string) => mkdirSync(join(at, 'vault'))],
  ] as const) {
    it(`takes a home with ${what} for an existing one, which must have its sentinel`, async () => {
      await home.prepare();
      rmSync(join(root, 'vault'), { recursive: true });
      make(root);
      expect(isPyraError(await failure(), 'vault/absent')).to.equal(true);
    });
  }

  it('names the way back for a lost sentinel beside a keyring, and for a vault that is gone', async () => {
    await home.prepare();
    writeFileSync(join(root, 'vault/keyring.age'), 'x');
    renameSync(join(root, 'vault/.vault_lock'), join(folder, 'sentinel'));
    expect(await failure())
      .to.have.property('hint')
      .that.includes('pyra vault init --recover');
    rmSync(join(root, 'vault'), { recursive: true });
    writeFileSync(join(root, 'config.yaml'), '');
    expect(await failure())
      .to.have.property('hint')
      .that.includes('backup')
      .and.not.includes('--recover');
  });

  it('changes nothing when it only looks', async () => {
    await home.prepare();
    chmodSync(root, 0o755);
    writeFileSync(join(root, 'config.yaml'), 'x');
    chmodSync(join(root, 'config.yaml'), 0o644);
    const before = modes();
    expect(await home.inspect()).to.have.length(2);
    expect(modes()).to.deep.equal(before);
    expect(readFileSync(join(root, 'config.yaml'), 'utf8')).to.equal('x');
  });

  it('reports a symbolic link below the memory and starts all the same', async () => {
    await home.prepare();
    symlinkSync('/etc/passwd', join(root, 'memory/user/link.md'));
    expect(await home.prepare()).to.deep.equal([]);
    expect((await home.inspect()).map(({ label }) => label)).to.deep.equal(['symbolic-link']);
  });

  it('makes one whole home when several starts meet', async () => {
    await Promise.all(Array.from({ length: 5 }, () => new PyraHome(root).prepare()));
    expect(readdirSync(root).filter((name) => name.startsWith('.'))).to.deep.equal([]);
    expect(await home.inspect()).to.deep.equal([]);
  });

  it('is quick', async () => {
    await home.prepare();
    const times: number[] = [];
    for (let turn = 0; turn < 15; turn += 1) {
      const start = performance.now();
      await home.prepare();
      times.push(performance.now() - start);
    }
    expect(times.sort((left, right) => left - right)[7]).to.be.lessThan(10);
  });
});
