import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { isPyraError } from '../../core/domain/errors.js';
import { type Instant, instantOf, isSecretName, millisecondsOf } from '../../core/domain/identifiers.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { UnlockAgentState } from '../../ports/unlock-agent.js';
import type { SecretReader } from '../../ports/vault.js';
import { LineSplitter } from '../support/json-lines.js';
import { MAX_REQUEST_BYTES, TOKEN_BYTES } from './agent-protocol.js';

/** Why an agent ends. */
export type AgentEnd = 'locked' | 'expired' | 'idle';

/** What an agent is made from. */
export interface AgentServerParts {
  readonly secrets: SecretReader;
  readonly audit: AuditLog;
  readonly now: () => Instant;
  /** The bytes of `run/token`. */
  readonly token: Uint8Array;
  /** How long it lives, and how long without use, in milliseconds. */
  readonly forMs: number;
  readonly idleMs: number;
  /** Called once, when it must end. */
  readonly onEnd: (why: AgentEnd) => void;
}

const MAX_WAITING = 64;
const TOKEN_TIMEOUT_MS = 2_000;
const SILENCE_TIMEOUT_MS = 60_000;
const REFUSALS_LOGGED_PER_MINUTE = 5;

/** Answers callers that know the token with single secrets, each one an audit entry; see `agent-protocol.ts`. */
export class AgentServer {
  readonly #parts: AgentServerParts;
  readonly #untilMs: number;
  #usedMs: number;
  #refusals: { readonly minute: number; readonly count: number } = { minute: 0, count: 0 };
  #ended = false;

  constructor(parts: AgentServerParts) {
    this.#parts = parts;
    this.#usedMs = this.#nowMs();
    this.#untilMs = this.#usedMs + parts.forMs;
  }

  state(): UnlockAgentState {
    return { until: instantOf(this.#untilMs), idleUntil: instantOf(Math.min(this.#untilMs, this.#usedMs + this.#parts.idleMs)) };
  }

  /** Ends it if its time is over, by the wall clock: a suspended machine stops timers. True while it lives. */
  checkTime(): boolean {
    const now = this.#nowMs();
    if (now >= this.#untilMs) this.#end('expired');
    else if (now >= this.#usedMs + this.#parts.idleMs) this.#end('idle');
    return !this.#ended;
  }

  /** Takes a connection over. Whatever it sends, nothing is answered before the token, and it is closed at the first fault. */
  accept(connection: Socket): void {
    const splitter = new LineSplitter(MAX_REQUEST_BYTES);
    let known = false;
    let waiting = 0;
    let last = Promise.resolve();
    const deadline = setTimeout(() => connection.destroy(), TOKEN_TIMEOUT_MS);
    deadline.unref();
    connection.setTimeout(SILENCE_TIMEOUT_MS, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    connection.on('close', () => clearTimeout(deadline));
    connection.on('data', (piece: Buffer) => {
      try {
        for (const line of splitter.push(piece)) {
          if (connection.destroyed) return;
          if (!known) {
            if (!this.#isToken(line)) throw new RangeError('this is not the token');
            known = true;
            clearTimeout(deadline);
            continue;
          }
          waiting += 1;
          if (waiting > MAX_WAITING) throw new RangeError('too many requests at once');
          last = last.then(async () => {
            await this.#respond(connection, line);
            waiting -= 1;
          });
        }
      } catch {
        connection.destroy();
        if (!known) void this.#recordRefusal();
      }
    });
  }

  async #respond(connection: Socket, line: string): Promise<void> {
    const request = requestOf(line);
    if (request === undefined) {
      connection.destroy();
      return;
    }
    const answer = await this.#answer(request.method, request.params).then(
      (result) => ({ id: request.id, result }),
      (error: unknown) => ({ id: request.id, error: errorOf(error) }),
    );
    if (connection.destroyed) return;
    connection.write(`${JSON.stringify(answer)}\n`);
    if (request.method === 'lock') connection.end(() => this.#end('locked'));
  }

  async #answer(method: string, params: JsonObject): Promise<JsonObject> {
    if (!this.checkTime()) throw new Error('it has ended');
    if (method === 'status') return { ...this.state() };
    if (method === 'lock') return {};
    if (method !== 'get') throw new Error('there is no such method');
    const { name } = params;
    if (typeof name !== 'string' || !isSecretName(name)) return {};
    const value = await this.#parts.secrets.get(name);
    this.#usedMs = this.#nowMs();
    // Before the value leaves: one that cannot be written down is not given.
    const detail = { name, by: 'agent', outcome: value === undefined ? 'unknown' : 'given' };
    await this.#parts.audit.append({ log: 'security', event: 'vault-read', at: this.#parts.now(), detail });
    return value === undefined ? {} : { value: value.reveal() };
  }

  #isToken(line: string): boolean {
    const frame = parsed(line);
    const token = isJsonObject(frame) && typeof frame.token === 'string' ? frame.token : '';
    if (!/^[0-9a-f]{64}$/.test(token)) return false;
    const bytes = Buffer.from(token, 'hex');
    return bytes.length === TOKEN_BYTES && timingSafeEqual(bytes, this.#parts.token);
  }

  async #recordRefusal(): Promise<void> {
    const minute = Math.floor(this.#nowMs() / 60_000);
    const count = this.#refusals.minute === minute ? this.#refusals.count + 1 : 1;
    this.#refusals = { minute, count };
    if (count > REFUSALS_LOGGED_PER_MINUTE) return;
    const detail = { by: 'agent', reason: 'no token' };
    await this.#parts.audit.append({ log: 'security', event: 'vault-refused', at: this.#parts.now(), detail }).catch(() => undefined);
  }

  #end(why: AgentEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.onEnd(why);
  }

  #nowMs(): number {
    return millisecondsOf(this.#parts.now());
  }
}

function requestOf(line: string): { readonly id: number; readonly method: string; readonly params: JsonObject } | undefined {
  const frame = parsed(line);
  if (!isJsonObject(frame) || typeof frame.id !== 'number' || typeof frame.method !== 'string') return undefined;
  const { params = {} } = frame;
  return isJsonObject(params) ? { id: frame.id, method: frame.method, params } : undefined;
}

function parsed(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return undefined;
  }
}

function errorOf(error: unknown): JsonObject {
  if (!isPyraError(error)) return { code: 'bug', message: 'the unlock agent cannot answer this' };
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
