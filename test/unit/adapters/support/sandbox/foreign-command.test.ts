import { expect } from 'chai';
import { type ForeignProgram, foreignCommand, loaderVariables } from '../../../../../src/adapters/support/sandbox/foreign-command.js';
import type { Sandbox } from '../../../../../src/adapters/support/sandbox/sandbox.js';

const BWRAP: Sandbox = { tier: 'bwrap', program: '/opt/bwrap', libraries: ['/opt/lib/libown.so'], ownProc: true, closedUserns: true };
const PROXY = { node: '/opt/node', script: '/opt/dist/mcp-proxy.cjs' };
const PROGRAM: ForeignProgram = {
  command: ['/opt/server', '--root', '/data'],
  env: { TOKEN: 'a secret', HOME: '/home/a/.pyra/mcp/sample' },
  folder: '/home/a/.pyra/mcp/sample',
  mounts: [
    { real: '/data/deep/er', writable: true },
    { real: '/opt/server', writable: false },
    { real: '/data', writable: false },
    { real: '/data', writable: false },
    { real: '/work', writable: false },
    { real: '/work', writable: true },
    { real: '/home/a/.pyra/mcp/sample', writable: true },
  ],
  links: [
    { path: '/home/a/link', target: '../../data' },
    { path: '/data/inner', target: '/work' },
    { path: '/usr/bin/tool', target: '/opt/server' },
  ],
  hidden: [],
};
const own = (args: readonly string[]): readonly string[] =>
  args.flatMap((argument, index) =>
    /^--(?:ro-)?bind$|^--symlink$/.test(argument) && /^\/(?:data|work|home|opt)|^\.\./.test(args[index + 1] ?? '')
      ? [args.slice(index, index + 3).join(' ')]
      : [],
  );

describe('the command line of a foreign program', () => {
  it('gives its environment to bubblewrap, never to a command line', () => {
    const { args, env } = foreignCommand(BWRAP, PROGRAM, PROXY);
    expect(env).to.equal(PROGRAM.env);
    expect(args.join(' ')).not.to.contain('secret').and.not.to.contain('--setenv');
  });

  it('shows the outer folder before the inner, and one that is named twice as it may be written', () => {
    expect(own(foreignCommand(BWRAP, PROGRAM, undefined).args)).to.deep.equal([
      '--symlink ../../data /home/a/link',
      '--ro-bind /data /data',
      '--bind /work /work',
      '--ro-bind /opt/server /opt/server',
      '--bind /data/deep/er /data/deep/er',
      '--bind /home/a/.pyra/mcp/sample /home/a/.pyra/mcp/sample',
    ]);
  });

  it('starts the program itself, or the proxy with it, in its folder', () => {
    const alone = foreignCommand(BWRAP, PROGRAM, undefined);
    expect(alone.args.slice(alone.args.indexOf('--') + 1)).to.deep.equal(PROGRAM.command);
    expect(alone.firstText).to.equal(3);
    const proxied = foreignCommand(BWRAP, PROGRAM, PROXY);
    const inner = proxied.args.slice(proxied.args.indexOf('--') + 1);
    expect(inner[0]).to.equal('/node');
    expect(inner.slice(-PROGRAM.command.length - 1)).to.deep.equal(['/mcp-proxy.cjs', ...PROGRAM.command]);
    expect(own(proxied.args)).to.include.members([
      '--ro-bind /opt/node /node',
      '--ro-bind /opt/dist/mcp-proxy.cjs /mcp-proxy.cjs',
      '--ro-bind /opt/lib/libown.so /opt/lib/libown.so',
    ]);
    // The descriptor before the first text is the channel to the broker.
    expect(proxied.firstText).to.equal(4);
    for (const command of [alone, proxied]) {
      expect(command.args).to.include.members([
        '--unshare-net',
        '--unshare-pid',
        '--die-with-parent',
        '--new-session',
        '--cap-drop',
        '--disable-userns',
      ]);
      expect(command.args.slice(command.args.indexOf('--chdir') - 2, command.args.indexOf('--'))).to.deep.equal([
        '--remount-ro',
        '/',
        '--chdir',
        PROGRAM.folder,
      ]);
      expect(command.pipes).to.equal(command.firstText + command.texts.length);
      expect(command.args.filter((argument) => argument === '--file' || argument === '--seccomp').length).to.equal(command.texts.length);
    }
  });

  it('empties what the system shows and nobody may see, before the mounts in it', () => {
    const link = { path: '/usr/home/a/bin', target: '/usr/home/a/tools' };
    const mounts = [{ real: '/usr/home/a/.pyra/mcp/sample', writable: true }];
    const { args } = foreignCommand(BWRAP, { ...PROGRAM, mounts, links: [link], hidden: ['/usr/home/a'] }, undefined);
    const line = args.join(' ');
    const parts = [
      '--ro-bind /usr /usr',
      '--tmpfs /usr/home/a',
      '--symlink /usr/home/a/tools /usr/home/a/bin',
      '--bind /usr/home/a/.pyra/mcp/sample',
      '--remount-ro /usr/home/a',
    ];
    const places = parts.map((part) => line.indexOf(part));
    expect(places).not.to.include(-1);
    expect(places).to.deep.equal([...places].sort((left, right) => left - right));
  });

  it('bounds what can be written into memory, where bubblewrap can', () => {
    const sized = ({ args }: { readonly args: readonly string[] }) => args.filter((argument) => argument === '--size').length;
    expect(sized(foreignCommand(BWRAP, PROGRAM, undefined))).to.equal(2);
    expect(sized(foreignCommand({ ...BWRAP, closedUserns: false }, PROGRAM, undefined))).to.equal(0);
  });

  it('is the program as it is where there is no bubblewrap, to die with Pyra where that can be said', () => {
    const flat = { env: PROGRAM.env, cwd: PROGRAM.folder, pipes: 3, texts: [] };
    expect(foreignCommand({ tier: 'plain', setpriv: undefined }, PROGRAM, PROXY)).to.deep.include({
      ...flat,
      file: '/opt/server',
      args: ['--root', '/data'],
    });
    for (const sandbox of [
      { tier: 'plain', setpriv: '/bin/setpriv' },
      { tier: 'unshare', program: '/bin/unshare', setpriv: '/bin/setpriv' },
    ] as const) {
      expect(foreignCommand(sandbox, PROGRAM, undefined)).to.deep.include({
        ...flat,
        file: '/bin/setpriv',
        args: ['--pdeathsig', 'KILL', '--', ...PROGRAM.command],
      });
    }
  });

  it('knows the variables that act on bubblewrap itself', () => {
    const env = { LD_PRELOAD: '', LD_AUDIT: '', GCONV_PATH: '', LOCPATH: '', PATH: '', LDAP: '', NODE_OPTIONS: '' };
    expect(loaderVariables(env)).to.deep.equal(['LD_PRELOAD', 'LD_AUDIT', 'GCONV_PATH', 'LOCPATH']);
  });
});
