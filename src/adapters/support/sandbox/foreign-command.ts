import { BROKER_FD } from './broker-channel.js';
import { existing, isolationFlags, libraryFlags, NODE_INSIDE, procFlags, SYSTEM_FOLDERS } from './bubblewrap-flags.js';
import { callFilter } from './call-filter.js';
import { contains } from './granted-folder.js';
import type { PathLink } from './resolved-path.js';
import type { Sandbox } from './sandbox.js';
import type { SandboxCommand } from './sandbox-command.js';

/** A file or folder that is shown in the sandbox where it really lies. */
export interface ForeignMount {
  readonly real: string;
  readonly writable: boolean;
}

/** A program that knows nothing of Pyra, and all that it is started with. */
export interface ForeignProgram {
  /** The program, absolute, and its arguments. Nothing secret: command lines are public. */
  readonly command: readonly [string, ...string[]];
  /** All of its environment; it may hold secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Its `HOME` and the folder that it starts in, as it really is; one of the mounts. */
  readonly folder: string;
  readonly mounts: readonly ForeignMount[];
  /** Links that lead to the mounts; those that lie in one are seen there anyway. */
  readonly links: readonly PathLink[];
  /** Folders of what the system shows, as they really are, that are empty for it but for its mounts. */
  readonly hidden: readonly string[];
}

/** Runs a foreign program behind a proxy that has the channel to the broker: Node, and what it runs, absolute and real. */
export interface ForeignProxy {
  readonly node: string;
  readonly script: string;
}

/** A command line with what is to be written to descriptors of it, the first of which is `firstText`. */
export interface ForeignCommand extends SandboxCommand {
  readonly cwd: string;
  readonly pipes: number;
  readonly firstText: number;
  readonly texts: readonly (string | Buffer)[];
}

/** What programs look up besides what they are made of: which certificates are trusted, and how OpenSSL is set up. */
const TRUST: readonly string[] = [
  '/etc/ssl/certs',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/openssl.cnf',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/openssl.cnf',
  '/etc/pki/ca-trust/extracted',
  '/etc/ca-certificates/extracted',
  '/etc/crypto-policies',
];
/** Where whole systems keep what programs are made of, open to everybody. */
const STORES: readonly string[] = ['/libx32', '/nix/store', '/gnu/store', '/run/current-system/sw'];
const SHOWN: readonly string[] = [...SYSTEM_FOLDERS, ...STORES, ...TRUST];

/** What every sandbox has of its own. */
const OWN: readonly string[] = ['/proc', '/dev'];

const PROXY_INSIDE = '/mcp-proxy.cjs';
const PROXY_HEAP_MEGABYTES = 64;
const STANDARD_STREAMS = 3;
/** What is written there lies in memory, and nobody is asked for that memory. */
const TEMPORARY_BYTES = 512 * 1024 * 1024;
const SHARED_BYTES = 64 * 1024 * 1024;
/** What the loader and the C library take from an environment would act on bubblewrap itself, which runs outside. */
const ACTS_ON_THE_LOADER = /^(?:LD_.*|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|LOCPATH|NLSPATH)$/;

/** The names of variables that must not be given to a program in bubblewrap. */
export function loaderVariables(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env).filter((name) => ACTS_ON_THE_LOADER.test(name));
}

/** The folders and files of the system that every foreign program is shown. */
export function shownOfSystem(): readonly string[] {
  return existing(SHOWN);
}

/**
 * The command that starts a foreign program: in bubblewrap with nothing but what the system's own programs are made of, its mounts, and, with a
 * proxy, a way to the broker; in any other tier as it is, to die with Pyra where `setpriv` is there. Its environment is never on the command
 * line.
 */
export function foreignCommand(sandbox: Sandbox, program: ForeignProgram, proxy: ForeignProxy | undefined): ForeignCommand {
  const { command, env, folder: cwd, hidden } = program;
  const [file, ...args] = command;
  if (sandbox.tier !== 'bwrap') {
    const plain = { env, cwd, pipes: STANDARD_STREAMS, firstText: STANDARD_STREAMS, texts: [] };
    if (sandbox.setpriv === undefined) return { ...plain, file, args };
    return { ...plain, file: sandbox.setpriv, args: ['--pdeathsig', 'KILL', '--', ...command] };
  }
  const firstText = proxy === undefined ? STANDARD_STREAMS : BROKER_FD + 1;
  const files = Object.entries(smallFiles(cwd));
  const filter = callFilter();
  const texts = [...files.map(([, text]) => text), ...(filter === undefined ? [] : [filter])];
  const flags = [
    ...isolationFlags(sandbox),
    ...existing(SHOWN).flatMap((path) => ['--ro-bind', path, path]),
    ...hidden.flatMap((path) => ['--tmpfs', path]),
    ...files.flatMap(([path], index) => ['--file', String(firstText + index), path]),
    ...(filter === undefined ? [] : ['--seccomp', String(firstText + files.length)]),
    ...procFlags(sandbox),
    ...['--dev', '/dev', ...sizedTmpfs(sandbox, '/dev/shm', SHARED_BYTES), '--remount-ro', '/dev'],
    ...sizedTmpfs(sandbox, '/tmp', TEMPORARY_BYTES),
    ...(proxy === undefined ? [] : ['--ro-bind', proxy.node, NODE_INSIDE, '--ro-bind', proxy.script, PROXY_INSIDE]),
    ...(proxy === undefined ? [] : libraryFlags(sandbox, SYSTEM_FOLDERS)),
    ...mountFlags(program),
    ...['/', ...hidden].flatMap((path) => ['--remount-ro', path]),
    ...['--chdir', cwd],
  ];
  const inner =
    proxy === undefined
      ? command
      : [NODE_INSIDE, '--disable-sigusr1', `--max-old-space-size=${PROXY_HEAP_MEGABYTES}`, PROXY_INSIDE, ...command];
  return {
    file: sandbox.program,
    args: [...flags, '--', ...inner],
    env,
    cwd: '/',
    pipes: firstText + texts.length,
    firstText,
    texts,
  };
}

/** The outer before the inner, so that each is seen; of one that is named twice, the writable. */
function mountFlags({ mounts, links, hidden }: ForeignProgram): readonly string[] {
  const writable = new Map<string, boolean>();
  for (const mount of mounts) writable.set(mount.real, mount.writable || (writable.get(mount.real) ?? false));
  const sorted = [...writable].sort(([left], [right]) => depth(left) - depth(right));
  const within = (outer: readonly string[], { path }: PathLink): boolean => outer.some((place) => contains(place, path));
  const shown = [...existing(SHOWN), ...OWN];
  const inMount = (link: PathLink): boolean => within([...writable.keys()], link) || (within(shown, link) && !within(hidden, link));
  const free = new Map(links.filter((link) => !inMount(link)).map(({ path, target }) => [path, target]));
  return [
    ...[...free].flatMap(([path, target]) => ['--symlink', target, path]),
    ...sorted.flatMap(([real, isWritable]) => [isWritable ? '--bind' : '--ro-bind', real, real]),
  ];
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}

/** Without a size of its own it may fill half of the memory; bubblewrap can say one since about when it can close user namespaces. */
function sizedTmpfs({ closedUserns }: Sandbox & { readonly tier: 'bwrap' }, path: string, bytes: number): readonly string[] {
  return [...(closedUserns ? ['--size', String(bytes)] : []), '--tmpfs', path];
}

/** Who one is and what this machine is called, without a word of the real user, group or hosts. */
function smallFiles(folder: string): Readonly<Record<string, string>> {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return {
    '/etc/passwd': `pyra:x:${user}:${group}::${folder}:/bin/sh\n`,
    '/etc/group': `pyra:x:${group}:\n`,
    '/etc/hosts': '127.0.0.1 localhost pyra\n::1 localhost\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
}
