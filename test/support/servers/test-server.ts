import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { removeFolder } from '../temporary-folder.js';

/** A real server that one test started for itself, on loopback. */
export interface TestServer {
  /** Its folder, which goes with it. */
  readonly folder: string;
  /** Ends it at once, as a crash would, and leaves its folder. */
  kill(): Promise<void>;
  /** Ends it in order, and leaves its folder. */
  end(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

/** How to start a server in the foreground. */
export interface ServerCommand {
  readonly folder: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The port (on 127.0.0.1 when it is only a number) at which it is healthy when it accepts a connection. */
  readonly healthy: number | { readonly host: string; readonly port: number };
  /** Whether it has to keep the rights of root, since it gives them up itself. */
  readonly asRoot?: boolean;
}

/** Where a program is, looking into the system's folders too; `undefined` when it is not installed. */
export function installed(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** Skips the tests of a `describe` where a program is not installed; its title says what to install. To be called in `before`. */
export function needs(context: Mocha.Context, ...programs: readonly string[]): void {
  if (programs.some((program) => installed(program) === undefined)) context.skip();
}

/**
 * A folder for a server: its path is short, since sockets of the Unix kind allow about 100 characters, and every user can pass through it,
 * since a server that is started by root works as another.
 */
export function serverFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'server-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Ports of loopback that nobody listens on at the moment, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The user that a server works as: nobody where the tests run as root, else the user of the tests. */
export function serverUser(): { readonly name: string; readonly group: string; readonly uid: number; readonly gid: number } {
  const id = (...args: readonly string[]): string => execFileSync('id', args, { encoding: 'utf8' }).trim();
  const of = process.getuid?.() === 0 ? ['nobody'] : [];
  return { name: id('-un', ...of), group: id('-gn', ...of), uid: Number(id('-u', ...of)), gid: Number(id('-g', ...of)) };
}

/** Gives a folder with all that is in it to the user that the server works as. */
export function giveToServer(path: string): void {
  const { uid, gid } = serverUser();
  if (process.getuid?.() !== 0) return;
  const give = (entry: string): void => {
    chownSync(entry, uid, gid);
    if (!lstatSync(entry).isDirectory()) return;
    for (const name of readdirSync(entry)) give(join(entry, name));
  };
  give(path);
}

/** A certificate for localhost, 127.0.0.1 and 127.0.0.2 that has signed itself, with its key. */
export function selfSignedCertificate(
  folder: string,
  name = 'tls',
  subject = 'localhost',
): { readonly certificate: string; readonly key: string } {
  const certificate = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const names = subject === 'localhost' ? 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2' : `subjectAltName=DNS:${subject}`;
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  execFileSync('openssl', [...kind, '-subj', `/CN=${subject}`, '-addext', names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { certificate, key };
}

/** Starts a server and waits until it is healthy; throws, with the end of its log, when it is not within ten seconds. */
export async function startServer(command: ServerCommand): Promise<TestServer> {
  const { folder, program, args, healthy } = command;
  const log = join(folder, 'server.log');
  const out = openSync(log, 'a', 0o666);
  const user = process.getuid?.() === 0 && command.asRoot !== true ? { uid: serverUser().uid, gid: serverUser().gid } : {};
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', out, out],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...command.env },
    // A group of its own, so that its workers can be ended with it.
    detached: true,
    ...user,
  });
  closeSync(out);
  // Also when the tests end in the middle, no server is left behind.
  const end = (): void => {
    signalAll(child, 'SIGTERM');
  };
  process.once('exit', end);
  const over = ended(child).then(() => process.removeListener('exit', end));
  const finish = async (signal: NodeJS.Signals): Promise<void> => {
    if (signal === 'SIGKILL') signalAll(child, signal);
    else child.kill(signal);
    const slow = setTimeout(() => signalAll(child, 'SIGKILL'), 5_000);
    await over;
    clearTimeout(slow);
    // Workers that still serve a client outlive some servers.
    signalAll(child, 'SIGKILL');
  };
  const at = typeof healthy === 'number' ? { host: '127.0.0.1', port: healthy } : healthy;
  if (!(await accepts(at, child))) {
    await finish('SIGKILL');
    throw new Error(`${program} did not come up:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
  }
  return {
    folder,
    kill: () => finish('SIGKILL'),
    end: () => finish('SIGTERM'),
    async stop() {
      await finish('SIGTERM');
      removeFolder(folder);
    },
  };
}

async function accepts(at: { readonly host: string; readonly port: number }, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(at, () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
