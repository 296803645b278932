import { existing, isolationFlags, libraryFlags, NODE_INSIDE, procFlags, SYSTEM_FOLDERS } from './bubblewrap-flags.js';
import type { ChildFolders, ChildPath } from './child-folders.js';
import type { Sandbox } from './sandbox.js';

/** A command line and all of the environment that it is started with. */
export interface SandboxCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What Node runs in the sandbox: a file, and what it is told. Nothing secret: command lines are public. */
export interface ChildScript {
  readonly file: string;
  readonly args: readonly string[];
}

const HEAP_MEGABYTES = 384;
/** How much of the heap is for what lives shortly; Node takes eight times as much, and keeps it. */
const YOUNG_MEGABYTES = 2;
/** The command that starts a script with Node, kept in as the sandbox can; `node` is the real path of the Node to use. */
export function sandboxCommand(sandbox: Sandbox, node: string, folders: ChildFolders, script: ChildScript): SandboxCommand {
  const tail = [...permissionFlags(folders), ...frozenFlags(sandbox), script.file, ...script.args];
  const env = childEnvironment(folders);
  switch (sandbox.tier) {
    case 'bwrap':
      // Its own environment can be read in the sandbox, as that of process 1.
      return { file: sandbox.program, args: [...bwrapFlags(sandbox, node, folders, env), '--', NODE_INSIDE, ...tail], env: {} };
    case 'unshare': {
      const flags = ['--user', '--map-current-user', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--'];
      return withDeathSignal(sandbox.setpriv, [sandbox.program, ...flags, node, ...tail], env);
    }
    case 'plain':
      return withDeathSignal(sandbox.setpriv, [node, ...tail], env);
  }
}

/** Node's own limits, which hold in every tier. */
function permissionFlags({ readable, writable, programs }: ChildFolders): readonly string[] {
  return [
    '--permission',
    ...pathsOf([...readable, ...writable]).map((path) => `--allow-fs-read=${path}`),
    ...pathsOf(writable).map((path) => `--allow-fs-write=${path}`),
    ...(programs.length > 0 ? ['--allow-child-process'] : []),
    '--no-experimental-sqlite',
    '--no-addons',
    '--disable-proto=delete',
    '--disable-sigusr1',
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    `--max-semi-space-size=${YOUNG_MEGABYTES}`,
  ];
}

/**
 * Some flags of V8 make it write to any file, with text of the plugin's choosing, and Node's permissions do not hold that up; a plugin can set
 * them while it runs. Frozen, an attempt ends the process. It costs ten milliseconds at each start, which bubblewrap's own wall saves.
 */
function frozenFlags({ tier }: Sandbox): readonly string[] {
  return tier === 'bwrap' ? [] : ['--freeze-flags-after-init'];
}

function bwrapFlags(
  sandbox: Sandbox & { readonly tier: 'bwrap' },
  node: string,
  { readable, writable, programs }: ChildFolders,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const system = programs.length > 0 ? existing(SYSTEM_FOLDERS) : [];
  const bound = (paths: readonly ChildPath[], kind: string): readonly string[] => paths.flatMap(({ path, real }) => [kind, real, path]);
  return [
    ...isolationFlags(sandbox),
    '--clearenv',
    ...['--ro-bind', node, NODE_INSIDE],
    ...system.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...libraryFlags(sandbox, system),
    ...procFlags(sandbox),
    ...['--dev', '/dev', '--tmpfs', '/tmp'],
    ...programs.flatMap((program) => (system.some((folder) => program.startsWith(`${folder}/`)) ? [] : ['--ro-bind', program, program])),
    ...bound(readable, '--ro-bind'),
    ...bound(writable, '--bind'),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** All that a plugin's environment holds. The time zone is there since it cannot read the system's. */
function childEnvironment({ writable, programs }: ChildFolders): Readonly<Record<string, string>> {
  return {
    HOME: writable[0].path,
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
    // One arena of glibc for all threads: each has one of its own otherwise, which costs a plugin that uses TLS ten megabytes.
    MALLOC_ARENA_MAX: '1',
    ...(programs.length > 0 ? { PATH: '/usr/local/bin:/usr/bin:/bin' } : {}),
  };
}

function withDeathSignal(
  setpriv: string | undefined,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): SandboxCommand {
  const [file, ...args] = command;
  return setpriv === undefined ? { file, args, env } : { file: setpriv, args: ['--pdeathsig', 'KILL', '--', ...command], env };
}

/** Node compares the path as it is written, and that of a module as it really is. */
function pathsOf(paths: readonly ChildPath[]): readonly string[] {
  return [...new Set(paths.flatMap(({ path, real }) => [path, real]))];
}
