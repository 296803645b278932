import { AgeVault } from './adapters/age/age-vault.js';
import type { AgentJob, AgentReply } from './adapters/age/agent-protocol.js';
import { runAgent } from './adapters/age/run-agent.js';
import { FsAuditLog } from './adapters/filesystem/fs-audit-log.js';
import { homePaths } from './adapters/support/home-paths.js';
import { NodeSystem } from './adapters/support/node-system.js';
import { isPyraError } from './core/domain/errors.js';

// The program of the unlock agent. It is told everything on stdin, so that neither its arguments nor its environment say anything.

// The signal would open a debugging port that reads the memory of this process.
process.on('SIGUSR1', () => undefined);
process.title = 'pyra-agent';
process.umask(0o077);
process.on('uncaughtException', () => process.exit(1));
process.on('unhandledRejection', () => process.exit(1));

const job = JSON.parse(await readStdin()) as AgentJob;
try {
  const vault = new AgeVault({ root: homePaths(job.home).vault });
  const audit = new FsAuditLog(job.home, { sealKey: () => vault.sealKey() });
  const agent = await runAgent(job, { vault, audit, system: new NodeSystem() });
  await reply({ state: agent.state });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => agent.end(signal));
  await agent.ended;
  process.exit(0);
} catch (error) {
  const { code, message, hint } = isPyraError(error)
    ? error
    : { code: 'bug', message: 'the unlock agent could not start', hint: undefined };
  await reply({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
  process.exit(1);
}

async function readStdin(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  const whole = Buffer.concat(pieces);
  const text = whole.toString('utf8');
  for (const bytes of [whole, ...pieces]) bytes.fill(0);
  return text;
}

/** Says one thing to whoever started this process, and lets go of the pipe. */
async function reply(what: AgentReply): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.end(`${JSON.stringify(what)}\n`, () => resolve()));
}
