import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ChildLauncher } from '../../../../src/adapters/plugins/child-launcher.js';
import { findProgram } from '../../../../src/adapters/support/sandbox/find-program.js';
import { SandboxCache } from '../../../../src/adapters/support/sandbox/sandbox-cache.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { SandboxTier } from '../../../../src/core/domain/plugin.js';
import { launcherOf, printed, scriptRequest, TIERS } from '../../../support/sandboxed-script.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const HOST = fileURLToPath(new URL('../../../support/sandbox-host.js', import.meta.url));
const NOBODY = 65_534;

describe('the launcher of plugins', () => {
  let root: string;
  const hosts: ChildProcess[] = [];

  beforeEach(() => {
    root = temporaryFolder();
  });

  afterEach(() => {
    for (const host of hosts.splice(0)) host.kill('SIGKILL');
    removeFolder(root);
  });

  /** Starts a host of one script as a process of its own; gives what finds a line of its output. */
  const host = (tier: SandboxTier['tier'], script: string, flags: readonly string[] = [], before: readonly string[] = []) => {
    const [file = '', ...args] = [...before, process.execPath, ...flags, HOST, root, tier];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
    hosts.push(child);
    child.stdin.end(script);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const line = (pattern: RegExp): Promise<string> =>
      until(
        () => pattern.exec(output)?.[1],
        () => (child.exitCode === null ? undefined : `the host ended: ${output}`),
      );
    return { child, line };
  };

  for (const tier of TIERS) {
    it(`leaves no plugin behind when its host is killed, in the tier ${tier}`, async function () {
      await launcherOf(this, tier, root);
      if (tier !== 'bwrap' && findProgram('setpriv') === undefined) this.skip();
      const { child, line } = host(
        tier,
        "setInterval(() => undefined, 1000); process.stdin.on('error', () => undefined); process.stdout.write('up\\n')",
      );
      const pid = Number(await line(/pid (\d+)/));
      await line(/(up)/);
      expect(commandLine(pid)).to.contain('runtime.cjs');
      child.kill('SIGKILL');
      await until(() => !commandLine(pid).includes('runtime.cjs') || undefined);
    });

    it(`kills a plugin that spins, and tells how it ended, in the tier ${tier}`, async function () {
      const launcher = await launcherOf(this, tier, root);
      const child = await launcher.launch(scriptRequest(root, "process.stdout.write('up'); for (;;);"));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const pid = await until(() => child.pid());
      expect(commandLine(pid)).to.contain('runtime.cjs');
      child.kill();
      child.kill();
      expect(await child.ended).to.deep.include({ signal: 'SIGKILL' });
      expect(child.pid()).to.equal(undefined);
      await until(() => !commandLine(pid).includes('runtime.cjs') || undefined);
    });

    it(`passes on the code with which a plugin ends, in the tier ${tier}`, async function () {
      const launcher = await launcherOf(this, tier, root);
      const child = await launcher.launch(scriptRequest(root, 'process.exit(7)'));
      expect(await child.ended).to.deep.equal({ code: 7, signal: null });
    });

    it(`works for a user who is not root, in the tier ${tier}`, async function () {
      const setpriv = findProgram('setpriv');
      if (process.getuid?.() !== 0 || setpriv === undefined) this.skip();
      const as = [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
      try {
        execFileSync(setpriv, [...as.slice(1), process.execPath, '--check', HOST], { stdio: 'ignore', cwd: '/' });
      } catch {
        console.error('      another user cannot read this project');
        this.skip();
      }
      await launcherOf(this, tier, root);
      execFileSync('chown', ['-R', String(NOBODY), root]);
      const { line } = host(tier, "process.stdout.write('user ' + process.getuid() + '\\n')", [], as);
      expect(Number(await line(/user (\d+)/))).to.equal(NOBODY);
    });
  }

  for (const tier of TIERS) {
    it(`passes nothing on of what the host itself was started with, in the tier ${tier}`, async function () {
      await launcherOf(this, tier, root);
      if (process.platform !== 'linux') this.skip();
      writeFileSync(join(root, 'canary'), 'canary');
      const file = openSync(join(root, 'canary'), 'r');
      const stdio = Array.from({ length: 31 }, (_, index) => (index < 3 ? 'pipe' : index === 20 || index === 30 ? file : 'ignore'));
      const child = spawn(process.execPath, [HOST, root, tier], { stdio: stdio as unknown as 'pipe', cwd: '/' });
      closeSync(file);
      hosts.push(child);
      // Looked at from outside, since Node would not let the plugin look at it.
      child.stdin.end("process.stdout.write('up\\n'); setInterval(() => undefined, 1000)");
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      const pid = Number(await until(() => (output.includes('up') ? /pid (\d+)/.exec(output)?.[1] : undefined)));
      const open = (of: number | undefined) => readdirSync(`/proc/${of}/fd`).map((fd) => readlinkSync(`/proc/${of}/fd/${fd}`));
      expect(open(child.pid)).to.include(join(root, 'canary'));
      expect(open(pid)).not.to.include(join(root, 'canary'));
    });
  }

  it('starts its plugins so that they cannot open the inspector of the host by SIGUSR1', async function () {
    await launcherOf(this, 'plain', root);
    const script = "process.kill(process.ppid, 'SIGUSR1'); process.stdout.write('sent\\n'); setInterval(() => undefined, 1000)";
    expect(await host('plain', script, ['--disable-sigusr1', '--inspect-port=0']).line(/inspector (\w+)/)).to.equal('closed');
    // The same without the flag, so that this test is known to see what it looks for.
    expect(await host('plain', script, ['--inspect-port=0']).line(/inspector (\w+)/)).to.equal('open');
  });

  it('ignores SIGUSR1 in the plugin itself', async function () {
    const launcher = await launcherOf(this, 'plain', root);
    const script =
      "process.stdout.write('up'); setTimeout(() => { process.stdout.write(String(require('node:inspector').url())); process.exit(); }, 300)";
    const child = await launcher.launch(scriptRequest(root, script));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    process.kill(await until(() => child.pid()), 'SIGUSR1');
    expect(await printed(child)).to.equal('undefined');
  });

  describe('the folders that were granted', () => {
    const refusal = async (permissions: Parameters<typeof scriptRequest>[2], places: { readonly home?: string } = {}): Promise<string> => {
      const launcher = new ChildLauncher({ home: places.home ?? join(root, 'home'), tier: 'plain' });
      const error = await launcher.launch(scriptRequest(root, '', permissions)).then(
        (child) => child.kill(),
        (thrown: unknown) => thrown,
      );
      return isPyraError(error, 'plugin/crashed') ? error.message : 'it was started';
    };

    for (const tier of TIERS) {
      it(`can be read, and written only where that was granted, in the tier ${tier}`, async function () {
        const launcher = await launcherOf(this, tier, root);
        for (const name of ['books', 'notes']) {
          mkdirSync(join(root, name));
          writeFileSync(join(root, name, 'a.txt'), name);
        }
        const write = (path: string) =>
          `(() => { try { fs.writeFileSync(${JSON.stringify(join(root, path))}, 'x'); return 'written'; } catch { return 'denied'; } })()`;
        const script = `const fs = require('node:fs'); process.stdout.write([fs.readFileSync('${root}/books/a.txt', 'utf8'), fs.readFileSync('${root}/notes/a.txt', 'utf8'), ${write('books/b.txt')}, ${write('notes/b.txt')}].join())`;
        const request = scriptRequest(root, script, { read: [join(root, 'books')], write: [join(root, 'notes')] });
        expect(await printed(await launcher.launch(request))).to.equal('books,notes,denied,written');
        expect(readFileSync(join(root, 'notes/b.txt'), 'utf8')).to.equal('x');
      });

      it(`may be reached through a link, in the tier ${tier}`, async function () {
        const launcher = await launcherOf(this, tier, root);
        mkdirSync(join(root, 'real'));
        writeFileSync(join(root, 'real/a.txt'), 'here');
        symlinkSync(join(root, 'real'), join(root, 'link'));
        const script = `process.stdout.write(require('node:fs').readFileSync('${root}/link/a.txt', 'utf8'))`;
        expect(await printed(await launcher.launch(scriptRequest(root, script, { read: [join(root, 'link')] })))).to.equal('here');
      });
    }

    it('never touch the home of Pyra, by whatever way', async () => {
      mkdirSync(join(root, 'home/vault'), { recursive: true });
      symlinkSync(join(root, 'home/vault'), join(root, 'innocent'));
      const ways = ['home', 'home/vault', 'home/plugins/sample', '.', 'innocent', 'home/../home/vault'];
      for (const way of ways) {
        for (const kind of ['read', 'write'] as const) {
          expect(await refusal({ [kind]: [join(root, way)] }), `${kind} ${way}`).to.match(/touches the home of Pyra/);
        }
      }
      expect(await refusal({ read: ['/'] })).to.match(/touches the home of Pyra/);
    });

    it('never touch the home of another profile', async () => {
      mkdirSync(join(root, 'home/profiles/work'), { recursive: true });
      mkdirSync(join(root, 'home/vault'), { recursive: true });
      expect(await refusal({ read: [join(root, 'home/vault')] }, { home: join(root, 'home/profiles/work') })).to.match(/touches the home/);
    });

    it('never show other programs, or devices', async () => {
      symlinkSync('/proc/self', join(root, 'innocent'));
      for (const folder of ['/proc', '/proc/1', '/sys/kernel', '/dev', join(root, 'innocent')]) {
        expect(await refusal({ read: [folder] }), folder).to.match(/shows the memory of other programs or devices/);
      }
    });

    it('are never written where Pyra itself lies', async () => {
      mkdirSync(join(root, 'program/dist'), { recursive: true });
      writeFileSync(join(root, 'program/dist/child.cjs'), '');
      mkdirSync(join(root, 'program/bin'));
      writeFileSync(join(root, 'program/package.json'), '{}');
      for (const folder of ['program', 'program/bin']) {
        const request = { ...scriptRequest(root, '', { write: [join(root, folder)] }), runtime: join(root, 'program/dist/child.cjs') };
        const launcher = new ChildLauncher({ home: join(root, 'home'), tier: 'plain' });
        const error = await launcher.launch(request).catch((thrown: unknown) => thrown);
        expect(isPyraError(error, 'plugin/crashed') && error.message, folder).to.match(/holds Pyra itself/);
      }
    });

    it('must be there', async () => {
      expect(await refusal({ read: [join(root, 'nowhere')] })).to.match(/is not there/);
      expect(await refusal({ run: ['no-such-program'] })).to.match(/no-such-program.*is not there/);
    });
  });

  it('refuses to start a plugin in whose folders a link stands, data included', async () => {
    const request = scriptRequest(root, '');
    symlinkSync('/etc', join(request.plugin.dataFolder, 'etc'));
    const error = await new ChildLauncher({ home: join(root, 'home'), tier: 'plain' }).launch(request).catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'plugin/crashed') && error.message).to.match(/data\/etc is a symbolic link/);
  });

  it('lets a plugin start the programs that it was granted, in bwrap too', async function () {
    const launcher = await launcherOf(this, 'bwrap', root);
    const script = "process.stdout.write(require('node:child_process').execFileSync('echo', ['hello']).toString())";
    expect(await printed(await launcher.launch(scriptRequest(root, script, { run: ['echo'] })))).to.equal('hello\n');
  });

  it('says which tier it uses and why no stronger one, and remembers the strongest', async () => {
    mkdirSync(join(root, 'home/state'), { recursive: true });
    const { tier, reason, networkEnforced } = await new ChildLauncher({ home: join(root, 'home') }).tier();
    expect(tier).to.be.oneOf(TIERS);
    expect(reason === '').to.equal(tier === 'bwrap');
    expect(networkEnforced).to.equal(tier !== 'plain' || Number.parseInt(process.versions.node, 10) >= 26);
    const kept = await new SandboxCache(join(root, 'home/state/sandbox.json'), realpathSync(process.execPath)).load();
    expect(kept?.sandbox.tier).to.equal(tier === 'bwrap' ? 'bwrap' : undefined);
    const elsewhere = await new SandboxCache(join(root, 'home/state/sandbox.json'), '/another/node').load();
    expect(elsewhere).to.equal(undefined);
  });
});

/** The command line of a process; empty when there is none. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

async function until<T>(found: () => T | undefined, fault: () => string | undefined = () => undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = found();
    if (value !== undefined) return value;
    const why = fault();
    if (why !== undefined) throw new Error(why);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come');
}
