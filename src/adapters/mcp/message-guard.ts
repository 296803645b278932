import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import { FlowLimit } from '../support/flow-limit.js';
import { INTERNAL_ERROR, METHOD_NOT_FOUND } from '../support/rpc-error.js';
import { tamed } from './tamed-message.js';

/** What may come besides answers to what was asked: far more than a person could read. */
const FRAMES = { burst: 5_000, perSecond: 200 } as const;
const PROGRESS = { burst: 100, perSecond: 30 } as const;
/** Lines in the log about what came and should not have. */
const COMPLAINTS = { burst: 50, perSecond: 1 } as const;
const LONGEST_TEXT = 4_000;

/** What a guard is made from. */
export interface MessageGuardParts {
  readonly inner: Transport;
  /** Called whenever the server says that its tools changed. */
  readonly changed: () => void;
  readonly log: (text: string) => void;
  /** Called once, when too much comes, with words that stand behind the server's name. */
  readonly breach: (reason: string) => void;
}

/**
 * Stands between a transport and the SDK's client, which is given nothing but the one answer to each request. The rest is dealt with
 * here: requests of the server are refused; late, second and unasked answers are dropped; progress is told, which the SDK would lose when the
 * answer comes right behind it.
 */
export class MessageGuard implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #parts: MessageGuardParts;
  readonly #frames = new FlowLimit(FRAMES);
  readonly #progress = new FlowLimit(PROGRESS);
  readonly #complaints = new FlowLimit(COMPLAINTS);
  readonly #awaited = new Set<unknown>();
  /** Requests that were given up: their answers may come, and nobody waits for them. */
  readonly #cancelled = new Set<unknown>();
  readonly #watched = new Map<unknown, (text: string) => void>();
  #over = false;

  constructor(parts: MessageGuardParts) {
    this.#parts = parts;
  }

  get sessionId(): string | undefined {
    return this.#parts.inner.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.#parts.inner.setProtocolVersion?.(version);
  }

  async start(): Promise<void> {
    const { inner } = this.#parts;
    inner.onmessage = (message: unknown) => this.#take(message);
    inner.onerror = (error) => this.onerror?.(error);
    inner.onclose = () => {
      this.#over = true;
      this.onclose?.();
    };
    await inner.start();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if ('method' in message && 'id' in message) this.#awaited.add(message.id);
    else if ('method' in message && message.method === 'notifications/cancelled') this.#giveUp(message.params?.requestId);
    await this.#parts.inner.send(message, options);
  }

  /** Tells of progress with this token from now on; without a function no longer. */
  watch(token: number, tell?: (text: string) => void): void {
    if (tell === undefined) this.#watched.delete(token);
    else this.#watched.set(token, tell);
  }

  close(): Promise<void> {
    this.#over = true;
    return this.#parts.inner.close();
  }

  #giveUp(id: unknown): void {
    if (this.#awaited.delete(id)) this.#cancelled.add(id);
  }

  #take(message: unknown): void {
    if (this.#over) return;
    if (!this.#frames.take(1)) {
      this.#over = true;
      this.#parts.breach('flooded Pyra with messages');
    } else if (!isJsonObject(message) || message.jsonrpc !== '2.0') {
      this.#complain('sent what is no message of JSON-RPC 2.0');
    } else if (message.method === undefined) {
      this.#answer(message);
    } else if (typeof message.method !== 'string') {
      this.#complain('sent a message whose method is no text');
    } else if (message.id === undefined) {
      this.#notice(message.method, isJsonObject(message.params) ? message.params : {});
    } else {
      this.#request(message.id, message.method);
    }
  }

  #answer({ id = null, result, error }: JsonObject): void {
    if (this.#cancelled.delete(id)) return;
    if (!this.#awaited.delete(id)) {
      this.#complain(`answered what it was not asked${isJsonObject(error) ? `: ${textOf(error.message)}` : ''}`);
      return;
    }
    this.#frames.give(1);
    if (isJsonObject(error)) this.#forward({ id, error: { code: codeOf(error.code), message: textOf(error.message) } });
    else this.#forward({ id, ...resultOf(result) });
  }

  #request(id: JsonValue, method: string): void {
    // What is no id cannot be answered.
    if (typeof id !== 'string' && !Number.isSafeInteger(id)) {
      this.#complain('sent a request whose id is none');
      return;
    }
    const isPing = method === 'ping';
    if (!isPing) this.#complain(`asked for ${textOf(method).slice(0, 100)}, which Pyra refuses`);
    const answer = isPing ? { result: {} } : { error: { code: METHOD_NOT_FOUND, message: 'Method not found' } };
    this.#parts.inner.send({ jsonrpc: '2.0', id, ...answer } as JSONRPCMessage).catch(() => this.#complain('could not be answered'));
  }

  #notice(method: string, params: JsonObject): void {
    if (method === 'notifications/tools/list_changed') this.#parts.changed();
    else if (method === 'notifications/progress') this.#progressed(params);
    else if (method === 'notifications/message') this.#complain(`says: ${messageText(params.data)}`);
  }

  #progressed({ progressToken, progress, total, message }: JsonObject): void {
    const tell = this.#watched.get(progressToken);
    if (tell === undefined || typeof progress !== 'number' || !this.#progress.take(1)) return;
    if (typeof message === 'string' && message !== '') tell(textOf(message));
    else tell(typeof total === 'number' ? `${progress} of ${total}` : String(progress));
  }

  #forward(message: JsonObject): void {
    this.onmessage?.({ jsonrpc: '2.0', ...message } as unknown as JSONRPCMessage);
  }

  #complain(text: string): void {
    if (this.#complaints.take(1)) this.#parts.log(text);
  }
}

/** An answer that the SDK takes, whatever the server sent. */
function resultOf(result: JsonValue | undefined): JsonObject {
  if (!isJsonObject(result)) return { error: { code: INTERNAL_ERROR, message: 'its answer is no result' } };
  // `_meta` is used for nothing here, and the SDK refuses an answer for it.
  const { _meta, ...rest } = result;
  const fault = tamed(rest);
  return fault === undefined ? { result: rest } : { error: { code: INTERNAL_ERROR, message: `its answer ${fault}` } };
}

function codeOf(code: JsonValue | undefined): number {
  return typeof code === 'number' && Number.isSafeInteger(code) ? code : INTERNAL_ERROR;
}

function textOf(text: JsonValue | undefined): string {
  return typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : 'no message';
}

function messageText(data: JsonValue | undefined): string {
  return textOf(typeof data === 'string' ? data : JSON.stringify(data));
}
