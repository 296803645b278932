import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * What goes over the agent's socket: one JSON object per line, each ended by a line feed. The caller's first line is
 * `{"token":"<64 hex digits>"}`, and is not answered; each further line is a request `{"id":1,"method":"get","params":{"name":"openai"}}`,
 * answered in order by `{"id":1,"result":{…}}` or `{"id":1,"error":{"code":…,"message":…,"hint":…}}`.
 */

/** How many random bytes `run/token` has. */
export const TOKEN_BYTES = 32;

/** The longest line that the agent reads. */
export const MAX_REQUEST_BYTES = 4_096;

/** The longest line that a caller reads: the largest value with every character escaped. */
export const MAX_ANSWER_BYTES = 2_097_152;

/** How long an agent lives without being asked for a secret, in milliseconds. */
export const IDLE_MS = 30 * 60_000;

/** What the agent process is told on its stdin. */
export interface AgentJob {
  /** The home's absolute path. */
  readonly home: string;
  readonly socket: string;
  readonly passphrase: string;
  readonly forMs: number;
}

/** What the agent process says on its stdout, once. */
export type AgentReply =
  | { readonly state: { readonly until: string; readonly idleUntil: string } }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint?: string } };

// sockaddr_un holds 104 bytes on macOS and 108 on Linux, the final NUL among them.
const MAX_SOCKET_PATH_BYTES = 100;

/** Where the agent of a home listens: `run/agent.sock`, or a short path in the runtime folder where that is too long for a socket. */
export function agentSocket(runFolder: string, environment: Readonly<Record<string, string | undefined>>): string {
  const path = join(runFolder, 'agent.sock');
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  const name = `pyra-${createHash('sha256').update(runFolder).digest('hex').slice(0, 16)}`;
  const { XDG_RUNTIME_DIR: runtime } = environment;
  const short = runtime?.startsWith('/') ? join(runtime, name, 'agent.sock') : undefined;
  if (short !== undefined && Buffer.byteLength(short) <= MAX_SOCKET_PATH_BYTES) return short;
  return join(tmpdir(), `${name}-${process.getuid?.() ?? 0}`, 'agent.sock');
}
