import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AgentServer, type AgentServerParts } from '../../src/adapters/age/agent-server.js';
import { AgentVault } from '../../src/adapters/age/agent-vault.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { type Instant, instantOf } from '../../src/core/domain/identifiers.js';
import type { SecretReader } from '../../src/ports/vault.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** The server of an agent in this process on a real socket, with a clock that a test sets. */
export interface AgentPair {
  readonly client: AgentVault;
  readonly server: AgentServer;
  readonly run: string;
  readonly socket: string;
  readonly token: Buffer;
  readonly audit: InMemoryAuditLog;
  readonly ends: string[];
  readonly clock: { ms: number };
  close(): Promise<void>;
}

/** Starts an {@link AgentPair} that answers from `secrets`. */
export async function agentPair(secrets: SecretReader, change: Partial<AgentServerParts> = {}): Promise<AgentPair> {
  const folder = temporaryFolder();
  const run = join(folder, 'run');
  mkdirSync(run, { mode: 0o700 });
  const token = Buffer.alloc(32, 0xa5);
  writeFileSync(join(run, 'token'), token, { mode: 0o600 });
  const audit = new InMemoryAuditLog();
  const ends: string[] = [];
  const clock = { ms: Date.parse('2026-01-02T03:04:05.678Z') };
  const now = (): Instant => instantOf(clock.ms);
  const server = new AgentServer({
    secrets,
    audit,
    now,
    token,
    forMs: 8 * 3_600_000,
    idleMs: 30 * 60_000,
    onEnd: (why) => ends.push(why),
    ...change,
  });
  const listener = createServer((connection) => server.accept(connection));
  const socket = join(run, 'agent.sock');
  await new Promise<void>((resolve) => listener.listen(socket, resolve));
  return {
    client: new AgentVault({ run, environment: {} }),
    server,
    run,
    socket,
    token,
    audit,
    ends,
    clock,
    close: async () => {
      await new Promise((resolve) => listener.close(resolve));
      removeFolder(folder);
    },
  };
}
