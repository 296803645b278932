import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildFolders } from './child-folders.js';
import { findProgram } from './find-program.js';
import type { Sandbox } from './sandbox.js';
import { sandboxCommand } from './sandbox-command.js';

/** What the probe found: the sandbox to use, and why it is no stronger one. */
export interface Probed {
  readonly sandbox: Sandbox;
  /** Empty for the strongest. */
  readonly reason: string;
}

const TIMEOUT_MS = 10_000;
const ANSWER = 'kept in';

/** Tries the tiers from the strongest on with their real flags; with `only`, that one. Throws an `Error` when `only` does not work. */
export async function probeSandbox(node: string, only?: Sandbox['tier']): Promise<Probed> {
  const reasons: string[] = [];
  for (const [tier, attempt] of ATTEMPTS) {
    if (only !== undefined && tier !== only) continue;
    const found = await attempt(node).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof found !== 'string') return { ...found, reason: [...reasons, found.reason].filter((reason) => reason !== '').join('; ') };
    reasons.push(`${tier}: ${found}`);
  }
  throw new Error(reasons.join('; '));
}

/** Each gives what works, or why it does not. */
const ATTEMPTS: readonly (readonly [Sandbox['tier'], (node: string) => Promise<Probed | string>])[] = [
  ['bwrap', tryBwrap],
  ['unshare', tryUnshare],
  ['plain', tryPlain],
];

async function tryBwrap(node: string): Promise<Probed | string> {
  if (process.platform !== 'linux') return 'it is there on Linux alone';
  const program = findProgram('bwrap');
  if (program === undefined) return 'bubblewrap is not installed';
  const libraries = await librariesOf(node);
  if (typeof libraries === 'string') return libraries;
  let sandbox: Sandbox & { tier: 'bwrap' } = { tier: 'bwrap', program, libraries, ownProc: true, closedUserns: true };
  for (;;) {
    const fault = await run(sandbox, node);
    if (fault === undefined) {
      return { sandbox, reason: sandbox.ownProc ? '' : 'bwrap: /proc of the system is visible, since no own one can be mounted' };
    }
    if (sandbox.closedUserns && /disable-userns|max_user_namespaces/.test(fault)) sandbox = { ...sandbox, closedUserns: false };
    else if (sandbox.ownProc && /mount proc/i.test(fault)) sandbox = { ...sandbox, ownProc: false };
    else return fault;
  }
}

async function tryUnshare(node: string): Promise<Probed | string> {
  if (process.platform !== 'linux') return 'it is there on Linux alone';
  const program = findProgram('unshare');
  if (program === undefined) return 'util-linux is not installed';
  return withOrWithoutSetpriv(node, (setpriv) => ({ tier: 'unshare', program, setpriv }));
}

function tryPlain(node: string): Promise<Probed | string> {
  return withOrWithoutSetpriv(node, (setpriv) => ({ tier: 'plain', setpriv }));
}

/** Some systems have no `setpriv`, or one that cannot do what is wanted of it: then a plugin may outlive a host that was killed. */
async function withOrWithoutSetpriv(node: string, sandbox: (setpriv: string | undefined) => Sandbox): Promise<Probed | string> {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  const fault = await run(sandbox(setpriv), node);
  if (fault === undefined) return { sandbox: sandbox(setpriv), reason: '' };
  if (setpriv === undefined) return fault;
  return (await run(sandbox(undefined), node)) ?? { sandbox: sandbox(undefined), reason: '' };
}

/** Runs a small script in the sandbox as a plugin would run; gives what went wrong. */
async function run(sandbox: Sandbox, node: string): Promise<string | undefined> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pyra-probe-')));
  try {
    const data = join(root, 'data');
    await mkdir(data);
    const own = (path: string) => ({ path, real: path });
    const folders: ChildFolders = { readable: [own(root)], writable: [own(data)], programs: [] };
    const script = { file: '--eval', args: [`process.stdout.write('${ANSWER}')`] };
    const { file, args, env } = sandboxCommand(sandbox, node, folders, script);
    const { stdout, why } = await output(file, args, env);
    return stdout === ANSWER ? undefined : why;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The libraries that a program loads, with the loader, as `ldd` says them; or why that is not known. */
async function librariesOf(program: string): Promise<readonly string[] | string> {
  const ldd = findProgram('ldd');
  if (ldd === undefined) return 'ldd is not there, which says what Node is made of';
  const { stdout, why } = await output(ldd, [program], { PATH: '/usr/bin:/bin' });
  const libraries = [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map(([, path]) => path as string);
  return libraries.length > 0 ? libraries : why;
}

function output(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly stdout: string; readonly why: string }> {
  return new Promise((resolve) => {
    const options = { env, cwd: '/', timeout: TIMEOUT_MS, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
    execFile(file, args, options, (error, stdout, stderr) => {
      const line = stderr.split('\n').find((text) => text.trim() !== '') ?? error?.message.split('\n')[0] ?? 'it printed nothing';
      resolve({ stdout, why: line.trim().slice(0, 200) });
    });
  });
}
