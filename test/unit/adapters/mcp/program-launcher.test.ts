import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { ProgramConnector } from '../../../../src/adapters/mcp/program-connection.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { McpProgram } from '../../../../src/core/domain/mcp-server.js';
import { PROJECT } from '../../../support/source-files.js';
import { outcome, PROGRAM_TIERS, programLaunch, programLauncher, said, systemProgram } from '../../../support/started-program.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const CANARY = 'PYRA_TEST_CANARY';
/** Prints what an expression gives, or the code of its error. */
const tried = (expression: string): string => `(() => { try { return ${expression}; } catch (error) { return error.code; } })()`;
const print = (...expressions: readonly string[]): string =>
  `const fs = require('node:fs'); console.log(JSON.stringify([${expressions.map(tried).join(', ')}]))`;

describe('the launcher of servers that are programs', () => {
  let root: string;
  let data: string;

  beforeEach(() => {
    root = temporaryFolder();
    data = join(root, 'home/mcp/sample');
    mkdirSync(join(root, 'home/vault'), { recursive: true });
    writeFileSync(join(root, 'home/vault/secret.age'), 'sealed');
    mkdirSync(join(root, 'docs'));
    writeFileSync(join(root, 'docs/note.txt'), 'a note');
    writeFileSync(join(root, 'outside.txt'), 'outside');
    process.env[CANARY] = 'canary';
  });

  afterEach(() => {
    delete process.env[CANARY];
    removeFolder(root);
  });

  for (const tier of PROGRAM_TIERS) {
    it(`gives a program its own variables, HOME, PATH and the time zone, and no other, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const child = await launcher.launch(
        programLaunch('console.log(JSON.stringify([process.env, process.cwd()]))', {}, { env: { TOKEN: 'a secret' } }),
      );
      const [env, cwd] = JSON.parse(await said(child));
      expect(cwd).to.equal(data);
      expect(env).to.deep.include({ HOME: data, TOKEN: 'a secret', TZ: Intl.DateTimeFormat().resolvedOptions().timeZone });
      // Bubblewrap says where it starts.
      expect(
        Object.keys(env)
          .filter((name) => name !== 'PWD')
          .sort(),
      ).to.deep.equal(['HOME', 'PATH', 'TOKEN', 'TZ']);
      expect(env.PATH).to.match(/\/usr\/local\/bin:\/usr\/bin:\/bin$/);
      expect(statSync(data).mode & 0o777).to.equal(0o700);
    });

    it(`puts no value of a variable on any command line, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const secret = `s3cret-${process.pid}-${Date.now()}`;
      const child = await launcher.launch(programLaunch("process.stdin.resume(); console.log('up')", {}, { env: { TOKEN: secret } }));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const lines = readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(commandLine);
      expect(lines.some((line) => line.includes("console.log('up')"))).to.equal(true);
      expect(lines.filter((line) => line.includes(secret))).to.deep.equal([]);
      child.kill();
      await child.ended;
    });

    it(`hands through what is written and said, and the code of its end, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const child = await launcher.launch(
        programLaunch("process.stdin.pipe(process.stdout); console.error('beside'); process.exitCode = 7"),
      );
      child.stdin.write('line\n');
      expect(await outcome(child)).to.deep.equal({ stdout: 'line\n', stderr: 'beside\n', end: '7' });
    });

    it(`is run without a shell, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '$(id)', '`id`', '; id', '*', '--', '"'];
      expect(JSON.parse(await said(await launcher.launch(programLaunch('', { args }))))).to.deep.equal(args.slice(2));
    });

    it(`passes on no descriptor but the three streams, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const shell = systemProgram(this, 'sh');
      const args = ['-c', 'for fd in /proc/self/fd/*; do readlink "$fd"; done; true'];
      const open = (await said(await launcher.launch(programLaunch('', { command: shell, args })))).trim().split('\n');
      expect(open.filter((what) => !/^(?:socket|pipe):|^\/dev\/null$|^\/proc\//.test(what))).to.deep.equal([]);
      expect(open.filter((what) => /^(?:socket|pipe):/.test(what)).length).to.equal(3);
    });

    it(`leaves nothing running when it is killed, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const marker = `marker-${process.pid}-${Date.now()}`;
      const sleeper = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', '${marker}'], { detached: true, stdio: 'ignore' }).on('spawn', () => console.log('up')); setInterval(() => 0, 1000)`;
      const child = await launcher.launch(programLaunch('', { args: ['-e', sleeper, marker] }));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      expect(running(marker)).to.have.length.at.least(2);
      child.kill();
      child.kill();
      expect(await child.ended).to.deep.equal({ code: null, signal: 'SIGKILL' });
      await until(() => running(marker).length === 0);
    });

    it(`ends a program that uses too much memory, and says so, in the tier ${tier}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const launcher = await programLauncher(this, tier, root, { limits: { bytes: 200 * 1024 * 1024, processes: 50 } });
      const grown = "console.log('up'); const kept = []; setInterval(() => kept.push(Buffer.alloc(10_000_000, 1)), 20)";
      const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grown)}], { stdio: 'inherit' })`;
      const child = await launcher.launch(programLaunch(script));
      expect((await child.ended).why).to.equal('used more than 200 MB of memory');
    });

    it(`tells whoever is connected why it ended a program, in the tier ${tier}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const launcher = await programLauncher(this, tier, root, { limits: { bytes: 150 * 1024 * 1024, processes: 50 } });
      const { name, program } = programLaunch('const kept = []; setInterval(() => kept.push(Buffer.alloc(10_000_000, 1)), 20)');
      const connector = new ProgramConnector({ name, program, desk: { secret: async () => undefined }, launcher, log: () => undefined });
      const { ended } = await connector.connect(new AbortController().signal);
      expect(await ended).to.deep.equal({ reason: 'used more than 150 MB of memory', crash: true });
    });

    it(`ends a program that starts too many others, and says so, in the tier ${tier}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const launcher = await programLauncher(this, tier, root, { limits: { bytes: 1024 ** 3, processes: 20 } });
      const args = ['-c', 'i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; wait'];
      const child = await launcher.launch(programLaunch('', { command: systemProgram(this, 'sh'), args }));
      expect((await child.ended).why).to.equal('started more than 20 processes');
    });

    it(`refuses what cannot be started, with what is wrong, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      const refusal = async (program: Partial<McpProgram>): Promise<string> => {
        const error = await launcher.launch(programLaunch('', program)).then(
          (child) => child.kill(),
          (thrown: unknown) => thrown,
        );
        return isPyraError(error, 'mcp/unreachable')
          ? error.message.replace('the MCP server sample was not started: ', '')
          : 'it was started';
      };
      expect(await refusal({ command: 'node' })).to.equal('the program node is not given with its whole path');
      expect(await refusal({ command: './server' })).to.equal('the program ./server is not given with its whole path');
      expect(await refusal({ command: join(root, 'none') })).to.equal(`the program ${root}/none is not there`);
      expect(await refusal({ command: join(root, 'outside.txt') })).to.contain('cannot be started');
      expect(await refusal({ command: join(root, 'docs') })).to.contain('cannot be started');
      expect(await refusal({ args: ['server.js'] })).to.contain('the script server.js is not given with its whole path');
      expect(await refusal({ args: [join(root, 'none.js')] })).to.equal(`the script ${root}/none.js is not there`);
      expect(await refusal({ read: [join(root, 'nowhere')] })).to.equal(`the folder ${root}/nowhere, which it was granted, is not there`);
      expect(await refusal({ read: [join(root, 'home/vault')] })).to.contain('touches the home of Pyra');
      expect(await refusal({ read: [root] })).to.contain('touches the home of Pyra');
      expect(await refusal({ write: [data] })).to.contain('touches the home of Pyra');
      expect(await refusal({ read: ['/proc'] })).to.contain('is never granted');
      expect(await refusal({ read: ['/run'] })).to.contain('holds the sockets of other programs');
      expect(await refusal({ write: ['/usr'] })).to.contain('no server may change');
      // What starts it, and what it is made of, lie beside its own code.
      for (const part of ['src', '.', 'bin', 'plugins'])
        expect(await refusal({ write: [join(PROJECT, part)] }), part).to.contain('holds Pyra itself');
      expect(await refusal({ net: ['nonsense'] })).to.equal('nonsense is no host and port that it can be granted');
      expect(await refusal({ net: ['*.org:443'] })).to.contain('is no host and port');
      expect(await refusal({ net: ['{settings.host}:443'] })).to.contain('is no host and port');
    });

    it(`does not start where a link stands in place of the data folder, in the tier ${tier}`, async function () {
      const launcher = await programLauncher(this, tier, root);
      mkdirSync(join(root, 'home/mcp'), { recursive: true });
      symlinkSync(join(root, 'docs'), data);
      const error: unknown = await launcher.launch(programLaunch('')).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'mcp/unreachable') && error.message).to.contain('is no folder but something else');
    });
  }

  describe('in bubblewrap', () => {
    const start = async (test: Mocha.Context, script: string, program: Partial<McpProgram> = {}, env = {}): Promise<unknown> =>
      JSON.parse(await said(await (await programLauncher(test, 'bwrap', root)).launch(programLaunch(script, program, { env }))));
    const read = (path: string): string => `fs.readFileSync(${JSON.stringify(path)}, 'utf8')`;
    const write = (path: string): string => `fs.writeFileSync(${JSON.stringify(path)}, 'x') ?? 'written'`;

    it('shows a program nothing of the disk but the system, itself and its data folder', async function () {
      const home = process.env.HOME ?? '/root';
      const result = await start(
        this,
        print(
          read(join(root, 'outside.txt')),
          read(join(root, 'home/vault/secret.age')),
          `fs.readdirSync('${home}').length`,
          `fs.readdirSync('/').join(' ')`,
          `fs.readdirSync('${root}').join(' ')`,
          `fs.readdirSync('${join(root, 'home')}').join(' ')`,
          read('/etc/shadow'),
          write(join(data, 'own.txt')),
          write('/tmp/temporary'),
          write('/dev/shm/shared'),
          write('/planted'),
          write('/usr/planted'),
          write('/etc/passwd'),
          write(join(root, 'planted')),
        ),
      );
      const [outside, vault, person, top, above, pyra, shadow, ...written] = result as string[];
      expect([outside, vault, shadow]).to.deep.equal(['ENOENT', 'ENOENT', 'ENOENT']);
      expect(person === 'ENOENT' || Number(person) <= 1 || home === '/').to.equal(true);
      expect(
        top
          ?.split(' ')
          .filter((name) => !/^(?:bin|dev|etc|lib\w*|nix|gnu|proc|run|sbin|tmp|usr)$/.test(name))
          .join(),
      ).to.match(/^[\w,-]{0,20}$/);
      expect([above, pyra]).to.deep.equal(['home', 'mcp']);
      expect(written).to.deep.equal(['written', 'written', 'written', 'EROFS', 'EROFS', 'EROFS', 'written']);
      expect(readFileSync(join(data, 'own.txt'), 'utf8')).to.equal('x');
      // What is above what it is shown lies in memory, where that is in a folder for temporary files.
      for (const path of ['/tmp/temporary', join(root, 'planted')]) expect(existsSync(path), path).to.equal(false);
    });

    it('shows what was granted, and lets it be written only where that was granted', async function () {
      mkdirSync(join(root, 'work/inner'), { recursive: true });
      const probe = print(
        read(join(root, 'docs/note.txt')),
        write(join(root, 'docs/new')),
        write(join(root, 'work/new')),
        write(join(root, 'work/inner/new')),
      );
      const grants = { read: [join(root, 'docs'), join(root, 'work/inner')], write: [join(root, 'work')] };
      expect(await start(this, probe, grants)).to.deep.equal(['a note', 'EROFS', 'written', 'EROFS']);
      expect(readFileSync(join(root, 'work/new'), 'utf8')).to.equal('x');
    });

    it('shows a single file that was granted', async function () {
      expect(
        await start(this, print(read(join(root, 'docs/note.txt')), `fs.readdirSync('${root}/docs').join()`), {
          read: [join(root, 'docs/note.txt')],
        }),
      ).to.deep.equal(['a note', 'note.txt']);
    });

    it('follows a link that was granted to where it leads, and no link within what was granted', async function () {
      mkdirSync(join(root, 'hidden'));
      writeFileSync(join(root, 'hidden/key'), 'key');
      symlinkSync('docs', join(root, 'link'));
      symlinkSync(join(root, 'hidden'), join(root, 'docs/way'));
      symlinkSync(join(root, 'outside.txt'), join(root, 'docs/file'));
      const probe = print(
        read(join(root, 'link/note.txt')),
        read(join(root, 'docs/note.txt')),
        read(join(root, 'link/way/key')),
        read(join(root, 'docs/file')),
        read(join(root, 'docs/../hidden/key')),
      );
      expect(await start(this, probe, { read: [join(root, 'link')] })).to.deep.equal(['a note', 'a note', 'ENOENT', 'ENOENT', 'ENOENT']);
    });

    it('does not follow a link that the server itself put in place of a granted folder', async function () {
      mkdirSync(join(root, 'work/inner'), { recursive: true });
      mkdirSync(join(root, 'hidden'));
      writeFileSync(join(root, 'hidden/key'), 'key');
      const grants = { read: [join(root, 'work/inner')], write: [join(root, 'work')] };
      // A mounted folder cannot be moved; it can where it is granted only later.
      const moved = print(`fs.renameSync('${root}/work/inner', '${root}/work/away') ?? 'moved'`);
      expect(await start(this, moved, grants)).to.deep.equal(['EBUSY']);
      renameSync(join(root, 'work/inner'), join(root, 'work/away'));
      symlinkSync(join(root, 'hidden'), join(root, 'work/inner'));
      const launcher = await programLauncher(this, 'bwrap', root);
      const error: unknown = await launcher.launch(programLaunch('', grants)).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'mcp/unreachable') && error.message).to.contain('the server could change it: grant what it leads to');
    });

    it('makes no link out of its folder that leads anybody anywhere but where it already could', async function () {
      const planted = await start(
        this,
        print(
          `fs.symlinkSync('${root}/outside.txt', '${data}/link') ?? 'planted'`,
          `fs.linkSync('${root}/docs/note.txt', '${data}/hard') ?? 'planted'`,
          read(join(data, 'link')),
        ),
        { read: [join(root, 'docs')] },
      );
      expect(planted).to.deep.equal(['planted', 'EXDEV', 'ENOENT']);
      rmSync(data, { recursive: true });
      expect(readFileSync(join(root, 'outside.txt'), 'utf8')).to.equal('outside');
    });

    it('shows in the environment of every process inside only what the program was given', async function () {
      const environments = `fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map((pid) => { try { return fs.readFileSync('/proc/' + pid + '/environ', 'utf8'); } catch { return ''; } }).join('')`;
      const [all] = (await start(this, print(environments), {}, { TOKEN: 'own' })) as [string];
      expect(all).to.contain('TOKEN=own');
      expect(all).not.to.contain(CANARY);
      expect([...new Set(all.split('\0').map((entry) => entry.split('=')[0]))].filter((name) => name !== '').sort()).to.deep.equal([
        'HOME',
        'PATH',
        'PWD',
        'TOKEN',
        'TZ',
      ]);
    });

    it('shows no process but its own, and lets it change nothing of the kernel', async function () {
      const probe = print(
        `fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length`,
        `process.kill(${process.pid}, 0)`,
        `fs.writeFileSync('/proc/sys/kernel/core_pattern', fs.readFileSync('/proc/sys/kernel/core_pattern')) ?? 'written'`,
        `require('node:child_process').execFileSync('/usr/bin/unshare', ['-U', 'true'], { stdio: 'ignore' }) && 'unshared'`,
        `fs.readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s+(\\S+)/)[1]`,
      );
      const [count, signal, kernel, unshared, capabilities] = (await start(this, probe)) as unknown[];
      expect(count).to.be.at.most(3);
      expect(signal).to.equal('ESRCH');
      expect(kernel).to.be.oneOf(['EROFS', 'EACCES']);
      expect(unshared).not.to.equal('unshared');
      expect(capabilities).to.match(/^0+$/);
    });

    it('hides the keyrings of the person', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      const call = { x64: 250, arm64: 219 }[process.arch as string];
      if (call === undefined) this.skip();
      // The session's keyring, by its number, which is -3.
      const asked = `import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.syscall(${call}, 0, -3, 0), ctypes.get_errno())`;
      const python = systemProgram(this, 'python3');
      expect(await said(await launcher.launch(programLaunch('', { command: python, args: ['-c', asked] })))).to.equal('-1 38\n');
    });

    it('is not started when it could put another folder in the place of one that it may only read', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      mkdirSync(join(root, 'docs/deep/fixed'), { recursive: true });
      const started = (read: string): Promise<unknown> =>
        launcher
          .launch(
            programLaunch("console.log('started')", { read: [join(root, read)], write: [join(root, 'docs'), join(root, 'docs/deep')] }),
          )
          .then(said, (thrown: unknown) => isPyraError(thrown) && thrown.message);
      expect(await started('docs/deep')).to.equal('started\n');
      expect(await started('docs/deep/fixed')).to.contain('the server could put another in its place');
    });

    it('has no sockets but those that its own network keeps in, however it asks for them', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      const call = { x64: 41, arm64: 198 }[process.arch as string];
      if (call === undefined) this.skip();
      // From a virtual machine to what runs it, and to the kernel's ciphers; then those that are usual; last, a ring of calls.
      const asked = `import ctypes; c = ctypes.CDLL(None, use_errno=True)
def ask(*call):
  ctypes.set_errno(0); return 0 if c.syscall(*call) >= 0 else ctypes.get_errno()
print([ask(${call}, kind, 1, 0) for kind in (40, 40 + (1 << 32), 38, 31, 1, 2, 10)], ask(${call}, 16, 3, 0), ask(425, 8, ctypes.create_string_buffer(256)))`;
      const python = systemProgram(this, 'python3');
      const child = await launcher.launch(programLaunch('', { command: python, args: ['-c', asked] }));
      expect(await said(child)).to.equal('[97, 97, 97, 97, 0, 0, 0] 0 38\n');
    });

    it('has no network, not even to this machine', async function () {
      const server = await listening();
      try {
        const { port } = server.address() as { port: number };
        const script = `require('node:net').connect(${port}, '127.0.0.1', () => console.log('"connected"')).on('error', (error) => console.log(JSON.stringify(error.code)))`;
        expect(await start(this, script)).to.equal('ECONNREFUSED');
        const named = "require('node:dns').lookup('localhost', (error, address) => console.log(JSON.stringify(error?.code ?? address)))";
        expect(await start(this, named)).to.be.oneOf(['127.0.0.1', '::1']);
      } finally {
        server.close();
      }
    });

    it('says what to grant when its script, or a folder that its arguments name, cannot be seen', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      const refusal = async (program: Partial<McpProgram>): Promise<string> => {
        const child = await launcher.launch(programLaunch('', program)).catch((thrown: unknown) => thrown);
        return isPyraError(child, 'mcp/unreachable') ? child.message : said(child as Awaited<ReturnType<typeof launcher.launch>>);
      };
      mkdirSync(join(root, 'project/dist'), { recursive: true });
      writeFileSync(join(root, 'project/package.json'), '{}');
      const script = join(root, 'project/dist/server.js');
      writeFileSync(script, 'console.log(process.argv[2], __filename)');
      expect(await refusal({ args: [script] })).to.contain(`it cannot see its script ${script}: grant it with --read ${root}/project`);
      expect(await refusal({ args: [script, join(root, 'docs')], read: [join(root, 'project')] })).to.contain(
        `grant it with --read ${root}/docs`,
      );
      expect(await refusal({ args: [script, `--root=${root}/docs`], read: [join(root, 'project')] })).to.contain(`--read ${root}/docs`);
      expect(await refusal({ args: [script, join(root, 'docs')], read: [join(root, 'project'), join(root, 'docs')] })).to.equal(
        `${root}/docs ${script}\n`,
      );
      symlinkSync('project/dist/server.js', join(root, 'start.js'));
      expect(await refusal({ args: [join(root, 'start.js')], read: [join(root, 'project')] })).to.equal(`undefined ${script}\n`);
    });

    it('takes arguments that name what each process has of its own', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      const args = ['-e', 'console.log(process.argv[1] + process.argv[2])', '/dev/stdin', '/proc/self/status'];
      expect(await said(await launcher.launch(programLaunch('', { args })))).to.equal('/dev/stdin/proc/self/status\n');
    });

    it('takes no variable that would act on bubblewrap itself', async function () {
      const launcher = await programLauncher(this, 'bwrap', root);
      for (const name of ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'GCONV_PATH', 'GLIBC_TUNABLES']) {
        const error: unknown = await launcher.launch(programLaunch('', {}, { env: { [name]: 'x' } })).catch((thrown: unknown) => thrown);
        expect(isPyraError(error, 'mcp/unreachable') && error.message).to.contain(`the variable ${name} would act on what keeps it in`);
      }
    });

    it('starts Python, and a script of a virtual environment with all that it needs', async function () {
      const python = systemProgram(this, 'python3');
      const program = {
        command: python,
        args: ['-c', 'import ssl, json, os; print(os.path.expanduser("~"), ssl.create_default_context() is not None)'],
      };
      const launcher = await programLauncher(this, 'bwrap', root);
      expect(await said(await launcher.launch(programLaunch('', program)))).to.equal(`${data} True\n`);
      const environment = join(root, 'tools/sample');
      execFileSync(python, ['-m', 'venv', '--without-pip', environment]);
      const packages = join(environment, 'lib', readdirSync(join(environment, 'lib'))[0] ?? '', 'site-packages');
      writeFileSync(join(packages, 'sample.py'), 'import sys; print("in", sys.prefix)');
      writeFileSync(join(environment, 'bin/sample'), `#!${environment}/bin/python\nimport sample\n`, { mode: 0o755 });
      mkdirSync(join(root, 'bin'));
      symlinkSync('../tools/sample/bin/sample', join(root, 'bin/sample'));
      for (const [command, args] of [
        [join(root, 'bin/sample'), []] as const,
        [join(environment, 'bin/python'), ['-m', 'sample']] as const,
      ]) {
        expect(await said(await launcher.launch(programLaunch('', { command, args })))).to.equal(`in ${environment}\n`);
      }
    });

    it('starts a package of Node that lies with a Node of its own, and shows nothing beside it', async function () {
      const prefix = join(root, 'versions/node/v26');
      mkdirSync(join(prefix, 'bin'), { recursive: true });
      for (const name of ['tool', 'other']) mkdirSync(join(prefix, 'lib/node_modules', name, 'node_modules/inner'), { recursive: true });
      const tool = join(prefix, 'lib/node_modules/tool');
      writeFileSync(join(tool, 'node_modules/inner/index.js'), 'module.exports = "inner"');
      const script =
        "#!/usr/bin/env node\nconsole.log(require('inner'), process.execPath, require('fs').readdirSync(__dirname + '/..').join())\n";
      writeFileSync(join(tool, 'start.js'), script, { mode: 0o755 });
      symlinkSync('../lib/node_modules/tool/start.js', join(prefix, 'bin/tool'));
      symlinkSync(process.execPath, join(prefix, 'bin/node'));
      const launcher = await programLauncher(this, 'bwrap', root);
      const command = join(prefix, 'bin/tool');
      expect(await said(await launcher.launch(programLaunch('', { command, args: [] })))).to.equal(
        `inner ${realpathSync(process.execPath)} tool\n`,
      );
    });

    it('leaves writable what was granted so, where a program of that folder is started', async function () {
      const environment = join(root, 'work/environment');
      mkdirSync(join(environment, 'bin'), { recursive: true });
      writeFileSync(join(environment, 'pyvenv.cfg'), '');
      const command = join(environment, 'bin/tool');
      writeFileSync(command, '#!/bin/sh\necho changed > "$(dirname "$0")/../pyvenv.cfg" && echo done\n', { mode: 0o755 });
      const launcher = await programLauncher(this, 'bwrap', root);
      expect(await said(await launcher.launch(programLaunch('', { command, args: [], write: [join(root, 'work')] })))).to.equal('done\n');
    });

    it('asks for the packages beside a program of a project', async function () {
      mkdirSync(join(root, 'project/node_modules/tool'), { recursive: true });
      const command = join(root, 'project/node_modules/tool/start.js');
      writeFileSync(command, "#!/usr/bin/env node\nconsole.log('started')\n", { mode: 0o755 });
      const launcher = await programLauncher(this, 'bwrap', root);
      const error: unknown = await launcher.launch(programLaunch('', { command, args: [] })).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'mcp/unreachable') && error.message).to.contain(`grant them with --read ${root}/project/node_modules`);
      const child = await launcher.launch(programLaunch('', { command, args: [], read: [join(root, 'project/node_modules')] }));
      expect(await said(child)).to.equal('started\n');
    });
  });
});

function commandLine(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** The processes that have a marker on their command line. */
function running(marker: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(marker));
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
