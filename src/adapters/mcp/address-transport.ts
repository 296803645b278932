import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject } from '../../core/domain/json.js';
import type { AddressAnswer } from './address-answer.js';
import { type AddressedServer, refused } from './address-faults.js';
import type { AddressTimes } from './address-times.js';
import { EventReader } from './event-reader.js';
import { InboundMessages, MAX_MESSAGE_BYTES } from './inbound-messages.js';
import { refusalText } from './refusal-text.js';
import type { SealedHeaders } from './sealed-headers.js';
import type { SealedRequest, SealedRequests } from './sealed-requests.js';
import { ServerBreach } from './server-breach.js';
import type { ConnectionEnd } from './server-connection.js';
import { SessionLost } from './session-lost.js';
import { StandingStream } from './standing-stream.js';

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';
/** Answers to a server's own requests that may be under way at once. */
const MAX_REPLIES = 8;
/** How often in a row a stream with an answer is taken up again in vain, and how often in all. */
const MAX_VAIN = 5;
const MAX_RESUMED = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** What a transport is made from. */
export interface AddressTransportParts {
  readonly server: AddressedServer;
  readonly requests: SealedRequests;
  /** What is taken out of all that a server says in errors. */
  readonly secrets: SealedHeaders['secrets'];
  readonly times: AddressTimes;
}

/**
 * MCP's streamable HTTP (revision 2025-11-25), one POST for each message. Not the SDK's own transport, which holds all that comes however much it
 * is, leaves a request unanswered for ever when its stream breaks off, takes up streams again as quickly as the server likes with timers that
 * hold the process, and believes each new session id.
 */
export class AddressTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Settles with the reason when nothing more can come, `undefined` when it was closed; never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  readonly #parts: AddressTransportParts;
  readonly #inbound: InboundMessages;
  readonly #asked = new Map<RequestId, AbortController>();
  readonly #told = new Set<AbortController>();
  #settle: (end: ConnectionEnd) => void = () => undefined;
  #over = false;
  #closing: Promise<void> | undefined;
  #replies = 0;
  #session: string | undefined;
  #version: string | undefined;
  #opening: RequestId | undefined;
  #saysChanges = false;
  #stream: StandingStream | undefined;

  constructor(parts: AddressTransportParts) {
    this.#parts = parts;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#inbound = new InboundMessages({
      deliver: (message) => this.#deliver(message),
      odd: (what) => this.onerror?.(new Error(`the server ${what}`)),
    });
  }

  async start(): Promise<void> {
    // Each message is a request of its own: there is nothing to begin.
  }

  setProtocolVersion(version: string): void {
    this.#version = version;
  }

  /**
   * Resolves when a notification was taken, and for a request when its answer was delivered: so it rejects when none will come. `mcp/unreachable`,
   * `mcp/auth`.
   */
  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#over) throw this.#gone('is not connected any more');
    const body = JSON.stringify(message);
    if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
      throw new PyraError('limit/reached', 'a message to an MCP server can have 10 MB at most');
    try {
      if (!('method' in message)) await this.#reply(body);
      else if ('id' in message) await this.#ask(message.id, message.method, body);
      else await this.#notify(message.method, message.params, body);
      this.#stream?.poke();
    } catch (error) {
      throw this.#judged(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #ask(id: RequestId, method: string, body: string): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(id, asked);
    this.#inbound.expect(id);
    if (method === 'initialize') this.#opening = id;
    try {
      const answer = await this.#accepted(await this.#post(body, asked.signal));
      if (method === 'initialize') this.#session = sessionOf(answer);
      await this.#read(answer, id, asked.signal);
    } finally {
      this.#asked.delete(id);
      this.#inbound.forget(id);
    }
  }

  /** Reads until the answer to a request is there. */
  async #read(answer: AddressAnswer, id: RequestId, signal: AbortSignal): Promise<void> {
    if (answer.type === STREAM_TYPE) return this.#follow(answer, id, signal);
    if (answer.type !== JSON_TYPE) {
      answer.discard();
      throw answer.status === 202 || answer.status === 204
        ? this.#gone('gives no answer', 'the same may work in a new session: try again')
        : this.#gone(`at ${this.#parts.server.host} answers with ${kindOf(answer.type)}`, 'check its url; most end in /mcp');
    }
    if (!(await this.#inbound.whole(answer))) throw this.#gone('answers what is no JSON', 'check its url');
    if (this.#inbound.isAwaited(id)) throw this.#gone('answers something else than what it was asked');
  }

  /** Reads streams until the answer is there: one that breaks off can be taken up again if its events have ids. */
  async #follow(first: AddressAnswer, id: RequestId, signal: AbortSignal): Promise<void> {
    const reader = new EventReader(MAX_MESSAGE_BYTES);
    const isDone = (): boolean => !this.#inbound.isAwaited(id);
    let answer: AddressAnswer | undefined = first;
    let vain = 0;
    for (let turn = 0; turn < MAX_RESUMED && vain < MAX_VAIN; turn += 1) {
      const before = reader.lastId;
      let broken: unknown;
      try {
        if (answer !== undefined) await this.#inbound.events(answer, reader, isDone);
      } catch (error) {
        if (signal.aborted || error instanceof ServerBreach) throw error;
        broken = error;
      }
      if (isDone()) return;
      if (reader.lastId === undefined)
        throw broken ?? this.#gone('broke off before its answer', 'whether it did what it was asked is not known');
      vain = reader.lastId === before ? vain + 1 : 0;
      reader.restart();
      const wish = Math.max(reader.retryMs ?? 0, this.#parts.times.retryMs * 2 ** vain);
      await pause(Math.min(wish, LONGEST_WAIT_MS), signal);
      answer = await this.#resumed(reader.lastId, signal);
    }
    throw this.#gone('broke off before its answer, again and again', 'whether it did what it was asked is not known');
  }

  async #resumed(after: string, signal: AbortSignal): Promise<AddressAnswer | undefined> {
    let answer: AddressAnswer;
    try {
      answer = await this.#request({ method: 'GET', headers: { accept: STREAM_TYPE, 'last-event-id': after }, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
    await this.#accepted(answer);
    if (answer.type === STREAM_TYPE) return answer;
    answer.discard();
    throw this.#gone('broke off before its answer', 'whether it did what it was asked is not known');
  }

  async #notify(method: string, params: unknown, body: string): Promise<void> {
    try {
      await this.#tell(body);
    } finally {
      const given =
        method === 'notifications/cancelled' && isJsonObject(params) ? this.#asked.get(params.requestId as RequestId) : undefined;
      // Its answer is not wanted: what is left of it must not keep a connection, or the process.
      given?.abort();
    }
    if (method === 'notifications/initialized' && this.#saysChanges && !this.#over) this.#listen();
  }

  async #reply(body: string): Promise<void> {
    if (this.#replies >= MAX_REPLIES) throw this.#gone('asks more than it lets Pyra answer');
    this.#replies += 1;
    try {
      await this.#tell(body);
    } finally {
      this.#replies -= 1;
    }
  }

  async #tell(body: string): Promise<void> {
    const told = new AbortController();
    const slow = this.#gone(`does not answer within ${this.#parts.times.noticeMs / 1000} s`);
    const timer = setTimeout(() => told.abort(slow), this.#parts.times.noticeMs);
    this.#told.add(told);
    try {
      const answer = await this.#accepted(await this.#post(body, told.signal));
      answer.discard();
    } finally {
      clearTimeout(timer);
      this.#told.delete(told);
    }
  }

  #listen(): void {
    const { times } = this.#parts;
    this.#stream = new StandingStream({
      inbound: this.#inbound,
      times,
      open: async (after, signal) => {
        const more = after === undefined ? {} : { 'last-event-id': after };
        const answer = await this.#request({ method: 'GET', headers: { accept: STREAM_TYPE, ...more }, signal, background: true });
        if (answer.status === 200 && answer.type === STREAM_TYPE) return answer;
        answer.discard();
        if (answer.status === 404 && this.#session !== undefined) throw new SessionLost(this.#parts.server.name);
        if (answer.status >= 500 || answer.status === 429 || (answer.status === 400 && after !== undefined))
          throw this.#gone('has no stream now');
        return undefined;
      },
      missed: () => this.#deliver({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }),
      over: (reason) => this.#judged(reason),
    });
  }

  #deliver(message: JSONRPCMessage): void {
    if (this.#over) return;
    if (this.#opening !== undefined && 'id' in message && message.id === this.#opening && 'result' in message) {
      this.#opening = undefined;
      const { capabilities } = message.result as {
        readonly capabilities?: { readonly tools?: { readonly listChanged?: unknown } | null } | null;
      };
      this.#saysChanges = capabilities?.tools?.listChanged === true;
    }
    this.onmessage?.(message);
  }

  #post(body: string, signal: AbortSignal): Promise<AddressAnswer> {
    return this.#request({ method: 'POST', headers: { accept: `${JSON_TYPE}, ${STREAM_TYPE}`, 'content-type': JSON_TYPE }, body, signal });
  }

  #request(request: SealedRequest): Promise<AddressAnswer> {
    const headers = {
      ...request.headers,
      ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session }),
      ...(this.#version === undefined ? {} : { 'mcp-protocol-version': this.#version }),
    };
    return this.#parts.requests.send({ ...request, headers });
  }

  /** An answer that is none of a refusal. */
  async #accepted(answer: AddressAnswer): Promise<AddressAnswer> {
    const { server, secrets, times } = this.#parts;
    if (answer.status >= 200 && answer.status < 300) {
      const coding = answer.header('content-encoding') ?? 'identity';
      if (coding === 'identity') return answer;
      answer.discard();
      throw this.#gone(`packs its answers as ${coding.slice(0, 20)}, though it is asked not to`);
    }
    const said = await refusalText(answer, times.refusalMs);
    const isLost = answer.status === 404 || (answer.status === 400 && /session/i.test(said));
    if (isLost && this.#session !== undefined) throw new SessionLost(server.name);
    throw refused(server, answer, said, secrets);
  }

  /** What a failure means for the connection; the error that tells of it. */
  #judged(error: unknown): unknown {
    const { name } = this.#parts.server;
    if (error instanceof ServerBreach) {
      // Whoever waits for an answer is told by the end of the connection.
      this.#end({ reason: error.message, crash: true });
      return new PyraError('mcp/unreachable', `the MCP server ${name} ${error.message}`);
    }
    if (error instanceof SessionLost) this.#endSoon({ reason: 'has ended its session', crash: false });
    else if (error instanceof PyraError && error.code === 'mcp/auth') this.#endSoon({ reason: 'refused its credentials', crash: false });
    return error;
  }

  /** Ends everything once the request that failed was told why: the end would be told to it first, and says less. */
  #endSoon(end: ConnectionEnd): void {
    setImmediate(() => this.#end(end));
  }

  #end(end: ConnectionEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle(end);
    this.#stream?.stop();
    for (const waiting of [...this.#asked.values(), ...this.#told]) waiting.abort();
    this.onclose?.();
    if (end !== undefined) this.close().catch(() => undefined);
  }

  async #close(): Promise<void> {
    const isUsable = !this.#over && this.#session !== undefined;
    this.#end(undefined);
    if (isUsable) await this.#farewell();
    await this.#parts.requests.close();
  }

  async #farewell(): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#parts.times.farewellMs);
    try {
      (await this.#request({ method: 'DELETE', headers: {}, signal: late.signal })).discard();
    } catch {
      // It will notice by itself that nobody comes any more.
    } finally {
      clearTimeout(timer);
    }
  }

  #gone(what: string, hint?: string): PyraError {
    const details = { retryable: true, ...(hint === undefined ? {} : { hint }) };
    return new PyraError('mcp/unreachable', `the MCP server ${this.#parts.server.name} ${what}`, details);
  }
}

/** The session that an answer begins. Only the first answer can: nobody may move a session to another one later. */
function sessionOf(answer: AddressAnswer): string | undefined {
  const session = answer.header('mcp-session-id');
  if (session !== undefined && !/^[\x21-\x7e]{1,1024}$/.test(session)) {
    answer.discard();
    throw new ServerBreach('gave a session id that is none');
  }
  return session;
}

function kindOf(type: string): string {
  if (type === 'text/html') return 'a web page';
  return /^[\w.+-]{1,40}\/[\w.+-]{1,60}$/.test(type) ? type : 'something of no known type';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
