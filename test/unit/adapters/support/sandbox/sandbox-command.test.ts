import { expect } from 'chai';
import type { ChildFolders } from '../../../../../src/adapters/support/sandbox/child-folders.js';
import type { Sandbox } from '../../../../../src/adapters/support/sandbox/sandbox.js';
import { type SandboxCommand, sandboxCommand } from '../../../../../src/adapters/support/sandbox/sandbox-command.js';

const NODE = '/opt/node';
const BWRAP: Sandbox = { tier: 'bwrap', program: '/usr/bin/bwrap', libraries: ['/lib/libc.so.6'], ownProc: true, closedUserns: true };
const UNSHARE: Sandbox = { tier: 'unshare', program: '/usr/bin/unshare', setpriv: '/usr/bin/setpriv' };
const PLAIN: Sandbox = { tier: 'plain', setpriv: undefined };
const SCRIPT = { file: '/pyra/child.cjs', args: ['--brokered'] };

const folders = (programs: readonly string[] = []): ChildFolders => ({
  readable: [
    { path: '/home/a/plugin', real: '/data/a/plugin' },
    { path: '/pyra/child.cjs', real: '/pyra/child.cjs' },
  ],
  writable: [{ path: '/home/a/plugin/data', real: '/data/a/plugin/data' }],
  programs,
});
/** Whether these arguments follow each other. */
const has = ({ args }: SandboxCommand, ...part: readonly string[]): boolean => ` ${args.join(' ')} `.includes(` ${part.join(' ')} `);

describe('the command line of a sandbox', () => {
  it('starts bubblewrap without any environment, which could be read inside', () => {
    const command = sandboxCommand(BWRAP, NODE, folders(), SCRIPT);
    expect(command.env).to.deep.equal({});
    expect(has(command, '--setenv', 'HOME', '/home/a/plugin/data')).to.equal(true);
  });

  it('shows in bubblewrap what the plugin needs and no more, the data folder alone writable', () => {
    const command = sandboxCommand(BWRAP, NODE, folders(), SCRIPT);
    const bound = command.args.flatMap((argument, index) =>
      /^--(ro-)?bind$/.test(argument) ? [command.args.slice(index, index + 3).join(' ')] : [],
    );
    expect(bound).to.deep.equal([
      '--ro-bind /opt/node /node',
      '--ro-bind /lib/libc.so.6 /lib/libc.so.6',
      '--ro-bind /data/a/plugin /home/a/plugin',
      '--ro-bind /pyra/child.cjs /pyra/child.cjs',
      '--bind /data/a/plugin/data /home/a/plugin/data',
    ]);
    for (const flag of ['--unshare-net', '--unshare-pid', '--unshare-user', '--die-with-parent', '--clearenv', '--disable-userns']) {
      expect(command.args, flag).to.include(flag);
    }
  });

  it('ends with the script and its arguments, after the limits of Node, in every tier', () => {
    for (const sandbox of [BWRAP, UNSHARE, PLAIN]) {
      const { args } = sandboxCommand(sandbox, NODE, folders(), SCRIPT);
      const node = args.slice(args.indexOf('--permission'));
      expect(node, sandbox.tier).to.deep.equal([
        '--permission',
        ...['/home/a/plugin', '/data/a/plugin', '/pyra/child.cjs', '/home/a/plugin/data', '/data/a/plugin/data'].map(
          (path) => `--allow-fs-read=${path}`,
        ),
        ...['/home/a/plugin/data', '/data/a/plugin/data'].map((path) => `--allow-fs-write=${path}`),
        ...['--no-experimental-sqlite', '--no-addons', '--disable-proto=delete', '--disable-sigusr1'],
        ...['--max-old-space-size=384', '--max-semi-space-size=2'],
        ...(sandbox.tier === 'bwrap' ? [] : ['--freeze-flags-after-init']),
        ...['/pyra/child.cjs', '--brokered'],
      ]);
    }
  });

  it('gives leave to start programs only where some were granted', () => {
    for (const sandbox of [BWRAP, UNSHARE, PLAIN]) {
      expect(sandboxCommand(sandbox, NODE, folders(), SCRIPT).args).not.to.include('--allow-child-process');
      expect(sandboxCommand(sandbox, NODE, folders(['/usr/bin/git']), SCRIPT).args).to.include('--allow-child-process');
    }
    expect(has(sandboxCommand(BWRAP, NODE, folders(['/opt/tool']), SCRIPT), '--ro-bind', '/opt/tool', '/opt/tool')).to.equal(true);
  });

  it('kills by setpriv what outlives its host, where it is there', () => {
    const { file, args } = sandboxCommand(UNSHARE, NODE, folders(), SCRIPT);
    expect([file, ...args.slice(0, 4)]).to.deep.equal(['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--', '/usr/bin/unshare']);
    expect(sandboxCommand(PLAIN, NODE, folders(), SCRIPT).file).to.equal(NODE);
  });

  it("sees the system's /proc only where no own one can be mounted", () => {
    expect(has(sandboxCommand(BWRAP, NODE, folders(), SCRIPT), '--proc', '/proc')).to.equal(true);
    expect(has(sandboxCommand({ ...BWRAP, ownProc: false }, NODE, folders(), SCRIPT), '--ro-bind', '/proc', '/proc')).to.equal(true);
  });
});
