import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { serverAccount } from './server-folder.js';

/** What is started, and how it is known to be up. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Its working folder; its output goes to `boot.log` there. */
  readonly folder: string;
  /** The ports of `host` that must answer before it counts as started. */
  readonly ports: readonly number[];
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it as root although there is an account for it: for a server that drops its rights itself. */
  readonly asRoot?: boolean;
}

/** A server that a test has started. */
export interface ServerProcess {
  readonly pid: number;
  /** Ends it, by force after three seconds. Idempotent. */
  stop(): Promise<void>;
  /** Ends it and the processes of its group at once, as a crash would. */
  crash(): Promise<void>;
}

/** Starts a server in a process group of its own and waits (8 s at most) until its ports answer. */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const account = server.asRoot === true ? undefined : serverAccount();
  const log = openSync(join(server.folder, 'boot.log'), 'a', 0o644);
  const child = spawn(server.command, server.args, {
    cwd: server.folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: server.folder, ...server.env },
    stdio: ['ignore', log, log],
    detached: true,
    ...account,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const atExit = () => signalGroup(child, 'SIGKILL');
  process.once('exit', atExit);
  void ended.then(() => process.off('exit', atExit));
  const end = async (signal: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (signal === 'SIGKILL') signalGroup(child, signal);
    else child.kill(signal);
    const force = setTimeout(() => signalGroup(child, 'SIGKILL'), 3_000);
    await ended;
    clearTimeout(force);
  };
  try {
    for (const port of server.ports) await untilOpen(port, server.host ?? '127.0.0.1', child);
  } catch (cause) {
    await end('SIGKILL');
    throw new Error(`${server.command} did not start: ${readFileSync(join(server.folder, 'boot.log'), 'utf8').slice(-2_000)}`, { cause });
  }
  return { pid: child.pid ?? 0, stop: () => end('SIGTERM'), crash: () => end('SIGKILL') };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

async function untilOpen(port: number, host: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + 8_000; Date.now() < end; ) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw new Error('it ended at once');
    if (await isOpen(port, host)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`port ${port} does not answer`);
}

function isOpen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
