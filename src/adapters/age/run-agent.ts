import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import { Secret } from '../../core/domain/secret.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { UnlockAgentState } from '../../ports/unlock-agent.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { homePaths } from '../support/home-paths.js';
import type { AgeVault } from './age-vault.js';
import { type AgentJob, IDLE_MS, TOKEN_BYTES } from './agent-protocol.js';
import { AgentServer } from './agent-server.js';
import { AgentVault } from './agent-vault.js';

/** What the agent is made from, besides its job. */
export interface AgentParts {
  readonly vault: AgeVault;
  readonly audit: AuditLog;
  readonly system: Pick<System, 'now'>;
}

/** A running agent; `ended` resolves when its time is over, it was told to end, or its place was taken. */
export interface RunningAgent {
  readonly state: UnlockAgentState;
  readonly ended: Promise<void>;
  /** Ends it before its time. */
  end(why: string): void;
}

const TICK_MS = 2_000;
const MAX_CONNECTIONS = 64;

/**
 * Opens the vault with the job's passphrase, takes the place of an older agent and listens. Throws what opening the vault throws, with the
 * older agent left alone then.
 */
export async function runAgent(job: AgentJob, parts: AgentParts): Promise<RunningAgent> {
  const { vault, audit, system } = parts;
  const { run } = homePaths(job.home);
  const record = (event: string, detail: { readonly [key: string]: string }): Promise<void> =>
    audit.append({ log: 'security', event, at: system.now(), detail: { by: 'agent', ...detail } });
  try {
    await vault.unlock(new Secret(job.passphrase));
  } catch (error) {
    if (error instanceof PyraError && error.code === 'vault/wrong-passphrase') await record('vault-wrong-passphrase', {});
    throw error;
  }
  makePrivate(run);
  makePrivate(dirname(job.socket));
  await new AgentVault({ run, environment: {}, socket: job.socket, timeoutMs: 1_000 }).stop();
  removeStale(job.socket);

  const token = randomBytes(TOKEN_BYTES);
  const end = Promise.withResolvers<string>();
  const agent = new AgentServer({
    secrets: vault,
    audit,
    now: () => system.now(),
    token,
    forMs: job.forMs,
    idleMs: IDLE_MS,
    onEnd: (why) => end.resolve(why),
  });
  const server = createServer((connection) => agent.accept(connection));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, job.socket);
  const tokenFile = join(run, 'token');
  await writeFileAtomic(tokenFile, token, 0o600);
  const mine = markOf(job.socket, tokenFile);
  const socketMark = markOf(job.socket);
  await record('vault-unlock', { until: agent.state().until });

  const isMine = (): boolean => mine !== undefined && markOf(job.socket, tokenFile) === mine;
  const tick = setInterval(() => {
    if (agent.checkTime() && !isMine()) end.resolve('its socket or token is gone');
  }, TICK_MS);
  const ended = end.promise.then(async (reason) => {
    clearInterval(tick);
    await vault.lock();
    // A home that was removed must not come back as a folder with nothing but a log.
    if (existsSync(run)) await record('vault-lock', { reason }).catch(() => undefined);
    if (readable(tokenFile)?.equals(token) === true) unlinkSync(tokenFile);
    // Last, since whoever ended it waits until the socket is gone. Closing unlinks the path, so not where another listens by now.
    if (socketMark !== undefined && markOf(job.socket) === socketMark) server.close();
  });
  return { state: agent.state(), ended, end: (why) => end.resolve(why) };
}

/** A folder that is this user's alone, made if it is missing. Throws `home/insecure` for one that is not. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const status = lstatSync(folder);
  const user = process.getuid?.();
  if (user === undefined) return;
  if (!status.isDirectory() || status.uid !== user || (status.mode & 0o077) !== 0) {
    throw new PyraError('home/insecure', `${folder} is not a private folder of yours`, { hint: `remove it, or: chmod 700 ${folder}` });
  }
}

/** Takes away the socket of an agent that was killed; a socket file cannot be used twice. */
function removeStale(socket: string): void {
  try {
    unlinkSync(socket);
  } catch {
    // There was none; anything else shows when the server listens.
  }
}

async function listen(server: Server, socket: string): Promise<void> {
  // Set before the socket exists: between its making and a chmod others could connect.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: socket }, resolve);
    });
  } finally {
    process.umask(before);
  }
}

function markOf(...paths: readonly string[]): string | undefined {
  try {
    return paths
      .map((path) => lstatSync(path))
      .map(({ dev, ino }) => `${dev}:${ino}`)
      .join(' ');
  } catch {
    return undefined;
  }
}

function readable(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
