import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, PyraError } from '../../core/domain/errors.js';
import type { Instant } from '../../core/domain/identifiers.js';
import type { Secret } from '../../core/domain/secret.js';
import type { UnlockAgent, UnlockAgentState } from '../../ports/unlock-agent.js';
import { homePaths } from '../support/home-paths.js';
import { type AgentJob, type AgentReply, agentSocket } from './agent-protocol.js';
import { AgentVault } from './agent-vault.js';

/** Whose agent it is. */
export interface DetachedUnlockAgentOptions {
  /** The home's absolute path. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const START_TIMEOUT_MS = 60_000;
const MAX_FOR_MS = 7 * 24 * 3_600_000;
// A crash must not write the memory of the process to the disk.
const WITHOUT_CORE = 'ulimit -c 0; exec "$@"';

/** An unlock agent as a process that outlives the one that starts it: a second entry of Pyra on the same Node. */
export class DetachedUnlockAgent implements UnlockAgent {
  readonly #home: string;
  readonly #socket: string;
  readonly #vault: AgentVault;

  constructor(options: DetachedUnlockAgentOptions) {
    const { run } = homePaths(options.home);
    this.#home = options.home;
    this.#socket = agentSocket(run, options.environment);
    this.#vault = new AgentVault({ run, environment: options.environment });
  }

  status(): Promise<UnlockAgentState | undefined> {
    return this.#vault.status();
  }

  async start(passphrase: Secret, forMs: number): Promise<UnlockAgentState> {
    if (!Number.isFinite(forMs) || forMs <= 0 || forMs > MAX_FOR_MS) {
      throw new PyraError('usage', 'the vault can be held open for more than nothing and at most seven days');
    }
    const job: AgentJob = { home: this.#home, socket: this.#socket, passphrase: passphrase.reveal(), forMs };
    const reply = await launch(job);
    if ('error' in reply) {
      const { code, message, hint } = reply.error;
      if (code === 'bug') throw new Error(message);
      throw new PyraError(code as ErrorCode, message, hint === undefined ? {} : { hint });
    }
    return { until: reply.state.until as Instant, idleUntil: reply.state.idleUntil as Instant };
  }

  stop(): Promise<boolean> {
    return this.#vault.stop();
  }
}

/** Starts the process and waits for the one thing that it says. The passphrase goes over a pipe; arguments and environment say nothing. */
function launch(job: AgentJob): Promise<AgentReply> {
  // Not imported: most starts need no child.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const flags = process.allowedNodeEnvironmentFlags.has('--disable-sigusr1') ? ['--disable-sigusr1'] : [];
  const line = [process.execPath, ...flags, agentProgram()];
  const [command, args] =
    process.platform === 'win32' ? [process.execPath, line.slice(1)] : ['/bin/sh', ['-c', WITHOUT_CORE, 'sh', ...line]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached: true, cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    let said = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      settle();
    };
    child.on('error', (error) => finish(() => reject(error)));
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    child.stdout.on('close', () =>
      finish(() => {
        try {
          resolve(JSON.parse(said) as AgentReply);
        } catch {
          reject(new Error('the unlock agent ended before it said anything'));
        }
      }),
    );
    child.stdin.end(JSON.stringify(job));
  });
}

/** The agent's program: beside this file's folder, in the bundle and in the compiled tree alike. */
function agentProgram(): string {
  for (const place of ['../agent.js', '../../agent.js', './agent.js']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new PyraError('usage', 'the program of the unlock agent is not there', { hint: 'build Pyra again: npm run build' });
}
