import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ErrorCode, isPyraError, PyraError } from '../../core/domain/errors.js';
import { type Instant, isSecretName, type SecretName } from '../../core/domain/identifiers.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import { Secret } from '../../core/domain/secret.js';
import type { UnlockAgentState } from '../../ports/unlock-agent.js';
import type { SecretReader } from '../../ports/vault.js';
import { LineSplitter } from '../support/json-lines.js';
import { agentSocket, MAX_ANSWER_BYTES, TOKEN_BYTES } from './agent-protocol.js';

/** Where an agent is looked for. */
export interface AgentVaultOptions {
  /** The home's `run/` folder. */
  readonly run: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The socket, where it is known already. */
  readonly socket?: string;
  /** How long an answer may take, in milliseconds; 5,000 when absent. */
  readonly timeoutMs?: number;
}

const END_TIMEOUT_MS = 3_000;
const PASSED_ON: readonly ErrorCode[] = ['vault/corrupt', 'home/unwritable', 'home/locked', 'home/insecure'];

/** Reads single secrets from a running unlock agent, one connection each; `vault/locked` where none is running. Loads no cryptography. */
export class AgentVault implements SecretReader {
  readonly #options: AgentVaultOptions;

  constructor(options: AgentVaultOptions) {
    this.#options = options;
  }

  async get(name: SecretName): Promise<Secret | undefined> {
    if (!isSecretName(name)) return undefined;
    const { value } = await this.#call('get', { name });
    return typeof value === 'string' ? new Secret(value) : undefined;
  }

  /** How long the agent holds the vault open; `undefined` where none is running. */
  async status(): Promise<UnlockAgentState | undefined> {
    try {
      const { until, idleUntil } = await this.#call('status', {});
      return { until: until as Instant, idleUntil: idleUntil as Instant };
    } catch (error) {
      if (error instanceof NoAgent) return undefined;
      throw error;
    }
  }

  /** Tells the agent to end and waits until its socket is gone; false where none is running. */
  async stop(): Promise<boolean> {
    try {
      await this.#call('lock', {});
    } catch (error) {
      if (error instanceof NoAgent) return false;
      throw error;
    }
    const end = performance.now() + END_TIMEOUT_MS;
    while (existsSync(this.#socket()) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    return true;
  }

  #socket(): string {
    return this.#options.socket ?? agentSocket(this.#options.run, this.#options.environment);
  }

  #call(method: string, params: JsonObject): Promise<JsonObject> {
    const socket = this.#socket();
    const token = readToken(this.#options.run);
    if (token === undefined || !isPrivate(dirname(socket))) return Promise.reject(new NoAgent());
    return new Promise((resolve, reject) => {
      const splitter = new LineSplitter(MAX_ANSWER_BYTES);
      // Not imported: every start makes an AgentVault, and few of them need a socket.
      const connection = process.getBuiltinModule('node:net').createConnection(socket);
      const finish = (settle: () => void): void => {
        connection.destroy();
        settle();
      };
      connection.setTimeout(this.#options.timeoutMs ?? 5_000, () => finish(() => reject(new NoAgent())));
      connection.on('error', () => finish(() => reject(new NoAgent())));
      connection.on('close', () => reject(new NoAgent()));
      connection.on('data', (piece: Buffer) => {
        try {
          const [line] = splitter.push(piece);
          if (line === undefined) return;
          const result = resultIn(line);
          finish(() => resolve(result));
        } catch (error) {
          finish(() => reject(isPyraError(error) ? error : new NoAgent()));
        }
      });
      connection.write(`${JSON.stringify({ token })}\n${JSON.stringify({ id: 1, method, params })}\n`);
    });
  }
}

/** Thrown where no agent is running, or none that answers. */
export class NoAgent extends PyraError {
  constructor() {
    super('vault/locked', 'no unlock agent is running', { hint: 'start one with: pyra vault unlock' });
  }
}

/** The result in an answer's line; throws the error that it carries. */
function resultIn(line: string): JsonObject {
  const answer = JSON.parse(line) as JsonValue;
  if (!isJsonObject(answer)) throw new NoAgent();
  const { result = null, error = null } = answer;
  if (isJsonObject(result)) return result;
  const { code, message, hint } = isJsonObject(error) ? error : {};
  if (!PASSED_ON.includes(code as ErrorCode)) throw new NoAgent();
  throw new PyraError(code as ErrorCode, String(message), typeof hint === 'string' ? { hint } : {});
}

function readToken(run: string): string | undefined {
  try {
    const bytes = readFileSync(join(run, 'token'));
    return bytes.length === TOKEN_BYTES ? bytes.toString('hex') : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a folder is this user's alone: else another user could listen there and be told the token. */
function isPrivate(folder: string): boolean {
  try {
    const status = lstatSync(folder);
    const user = process.getuid?.();
    return status.isDirectory() && (user === undefined || (status.uid === user && (status.mode & 0o077) === 0));
  } catch {
    return false;
  }
}
