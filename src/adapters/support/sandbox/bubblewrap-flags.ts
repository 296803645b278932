import { existsSync } from 'node:fs';
import type { Sandbox } from './sandbox.js';

/** Where Node is inside of bubblewrap. */
export const NODE_INSIDE = '/node';

/** What programs of the system are made of. */
export const SYSTEM_FOLDERS: readonly string[] = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/etc/alternatives',
  '/etc/ld.so.cache',
];

/** What cuts a child off from everything: to be followed by what it is given nevertheless. Its root is empty, and writable until it is mounted anew. */
export function isolationFlags(sandbox: Sandbox & { readonly tier: 'bwrap' }): readonly string[] {
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--unshare-net'],
    ...(sandbox.closedUserns ? ['--disable-userns'] : []),
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--hostname', 'pyra', '--tmpfs', '/'],
  ];
}

/** Those of these paths that are there. */
export function existing(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => existsSync(path));
}

/** The libraries of Node that do not lie in the system's folders which a child is shown anyway. */
export function libraryFlags({ libraries }: Sandbox & { readonly tier: 'bwrap' }, system: readonly string[]): readonly string[] {
  return libraries.flatMap((library) => (system.some((folder) => library.startsWith(`${folder}/`)) ? [] : ['--ro-bind', library, library]));
}

/**
 * Its own view of processes, where one can be made. Nothing in it can be written: most of what there is is the kernel's own settings, which are
 * root's, and a child of root's is root to them whatever it was taken.
 */
export function procFlags({ ownProc }: Sandbox & { readonly tier: 'bwrap' }): readonly string[] {
  return ownProc ? ['--proc', '/proc', '--remount-ro', '/proc'] : ['--ro-bind', '/proc', '/proc'];
}
