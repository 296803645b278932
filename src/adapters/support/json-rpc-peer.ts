import type { Readable, Writable } from 'node:stream';
import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import { type Flow, FlowLimit } from './flow-limit.js';
import { FrameSplitter } from './frame-splitter.js';
import { type RpcFrame, type RpcId, readFrame } from './json-rpc-frame.js';
import { INTERNAL_ERROR, METHOD_NOT_FOUND, RpcError } from './rpc-error.js';

/** Methods by name, each with what it is given and what it answers. */
export type RpcMethods<M> = { readonly [name in keyof M]: { readonly params: object; readonly result: object } };

/** Notifications by name, each with what it says. */
export type RpcNotifications<N> = { readonly [name in keyof N]: object };

/** Answers one method. `signal` aborts when the other side cancels or the connection ends. Only the message of an {@link RpcError} is sent. */
export type RpcHandler = (params: JsonObject, signal: AbortSignal, id: RpcId) => Promise<object>;

/** What a peer is made from. */
export interface JsonRpcPeerParts {
  readonly input: Readable;
  readonly output: Writable;
  /** The most that one frame may have, in bytes, either way. */
  readonly maxFrameBytes: number;
  /** What the other side may ask, by own properties; what is not here is answered `method not found`. */
  readonly methods: Readonly<Record<string, RpcHandler>>;
  /** What the other side may tell, by own properties; the rest is ignored. What is told is not checked yet. */
  readonly notices: Readonly<Record<string, (params: JsonObject) => void>>;
  /** Called once, when the connection ended and was not closed by this side: the other side broke the protocol, or is gone. */
  readonly onEnd: (why: RpcEnd) => void;
  /** How many frames and bytes may come in besides answers to what was asked; more is a flood. */
  readonly flow?: { readonly frames: Flow; readonly bytes: Flow };
}

/** Why a connection ended. */
export type RpcEnd = { readonly kind: 'fault'; readonly reason: string } | { readonly kind: 'closed' };

/** A request on its way. */
export interface SentRequest<R> {
  readonly id: number;
  /** Rejects with an {@link RpcError} that the other side answered, at once with the signal's reason on an abort, or when the connection ends. */
  readonly answer: Promise<R>;
  /** Settles when the other side has answered, also after an abort, or the connection ended. */
  readonly answered: Promise<void>;
}

interface Waiting {
  readonly resolve: (result: JsonValue) => void;
  readonly reject: (error: unknown) => void;
  readonly done: () => void;
}

const CANCELLED = 'notifications/cancelled';
const FLOW = { frames: { burst: 20_000, perSecond: 2_000 }, bytes: { burst: 64 * 1024 * 1024, perSecond: 32 * 1024 * 1024 } } as const;
/** Requests that are answered at the same time. */
const MAX_OPEN = 64;
/** So much may wait to be written, in frames of the greatest size. */
const MAX_BACKLOG = 4;

/**
 * One end of a JSON-RPC 2.0 connection with one frame a line (the framing of MCP's stdio transport), for both directions. `Asks` are the
 * methods that this side calls, `Tells` the notifications that it sends. Whatever comes in is hostile until it was read: a frame that is
 * none, an answer to what was not asked, a flood end the connection.
 */
export class JsonRpcPeer<Asks extends RpcMethods<Asks>, Tells extends RpcNotifications<Tells>> {
  readonly #parts: JsonRpcPeerParts;
  readonly #splitter: FrameSplitter;
  readonly #frames: FlowLimit;
  readonly #bytes: FlowLimit;
  readonly #waiting = new Map<RpcId, Waiting>();
  readonly #answering = new Map<RpcId, AbortController>();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(parts: JsonRpcPeerParts) {
    this.#parts = parts;
    const { frames, bytes } = parts.flow ?? FLOW;
    this.#splitter = new FrameSplitter(parts.maxFrameBytes);
    this.#frames = new FlowLimit(frames);
    this.#bytes = new FlowLimit(bytes);
    parts.input.on('data', (piece: Uint8Array) => this.#take(piece));
    for (const stream of [parts.input, parts.output]) {
      stream.on('error', () => this.#end({ kind: 'closed' }));
      stream.on('close', () => this.#end({ kind: 'closed' }));
    }
    parts.input.on('end', () => this.#end({ kind: 'closed' }));
  }

  /** Asks the other side. An abort tells it `notifications/cancelled` with the request's id. */
  request<Name extends keyof Asks & string>(
    method: Name,
    params: Asks[Name]['params'],
    signal?: AbortSignal,
  ): SentRequest<Asks[Name]['result']> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = Promise.withResolvers<JsonValue>();
    const answered = Promise.withResolvers<void>();
    // Whoever asked may have given up.
    answer.promise.catch(() => undefined);
    const fail = (error: unknown): void => {
      answer.reject(error);
      answered.resolve();
    };
    const sent = { id, answer: answer.promise as unknown as Promise<Asks[Name]['result']>, answered: answered.promise };
    if (signal?.aborted || this.#ended !== undefined) {
      fail(signal?.aborted ? signal.reason : this.#ended);
      return sent;
    }
    const cancel = (): void => {
      answer.reject(signal?.reason);
      this.#send({ jsonrpc: '2.0', method: CANCELLED, params: { requestId: id } });
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const done = (): void => {
      signal?.removeEventListener('abort', cancel);
      answered.resolve();
    };
    this.#waiting.set(id, { resolve: answer.resolve, reject: answer.reject, done });
    try {
      this.#send({ jsonrpc: '2.0', id, method, params });
    } catch (error) {
      this.#waiting.delete(id);
      done();
      answer.reject(error);
    }
    return sent;
  }

  /** Tells the other side something; nothing once the connection has ended. Throws a RangeError for a frame that is too long. */
  notify<Name extends keyof Tells & string>(method: Name, params: Tells[Name]): void {
    this.#send({ jsonrpc: '2.0', method, params });
  }

  /** Resolves when what was sent has left this process, for whoever sends much. */
  async drained(): Promise<void> {
    const { output } = this.#parts;
    if (!output.writableNeedDrain || this.#ended !== undefined) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        output.off('drain', done).off('close', done);
        resolve();
      };
      output.on('drain', done).on('close', done);
    });
  }

  /** Ends it from this side: what waits is rejected with `reason`, what is being answered is aborted. Idempotent; leaves the streams open. */
  close(reason: Error = new Error('the connection was closed')): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const { reject, done } of this.#waiting.values()) {
      reject(reason);
      done();
    }
    this.#waiting.clear();
    for (const controller of this.#answering.values()) controller.abort(reason);
    this.#answering.clear();
  }

  #take(piece: Uint8Array): void {
    if (this.#ended !== undefined) return;
    try {
      if (!this.#bytes.take(piece.length)) throw new RangeError('it sent too much in too short a time');
      for (const bytes of this.#splitter.push(piece)) {
        this.#dispatch(readFrame(bytes), bytes.length);
        if (this.#ended !== undefined) return;
      }
    } catch (error) {
      this.#end({ kind: 'fault', reason: (error as Error).message });
    }
  }

  #dispatch(frame: RpcFrame, size: number): void {
    if (frame.kind === 'result' || frame.kind === 'error') {
      this.#settle(frame);
      this.#bytes.give(size);
      return;
    }
    if (!this.#frames.take(1)) throw new RangeError('it sent too many frames in too short a time');
    if (frame.kind === 'request') this.#answer(frame.id, frame.method, frame.params);
    else this.#hear(frame.method, frame.params);
  }

  #settle(frame: Extract<RpcFrame, { readonly kind: 'result' | 'error' }>): void {
    if (frame.id === null) throw new SyntaxError('it says that it could not read a frame');
    const waiting = this.#waiting.get(frame.id);
    if (waiting === undefined) throw new SyntaxError('it answered what it was not asked, or twice');
    this.#waiting.delete(frame.id);
    if (frame.kind === 'result') waiting.resolve(frame.result);
    else waiting.reject(new RpcError(frame.code, frame.message));
    waiting.done();
  }

  #hear(method: string, params: JsonObject): void {
    const { requestId } = params;
    if (method === CANCELLED && (typeof requestId === 'number' || typeof requestId === 'string')) {
      this.#answering.get(requestId)?.abort(new DOMException('the other side cancelled it', 'AbortError'));
    }
    const { notices } = this.#parts;
    if (Object.hasOwn(notices, method)) notices[method]?.(params);
  }

  #answer(id: RpcId, method: string, params: JsonObject): void {
    if (this.#answering.has(id)) throw new SyntaxError('it used the id of a request twice');
    if (this.#answering.size >= MAX_OPEN) throw new RangeError(`it asked for more than ${MAX_OPEN} things at once`);
    const controller = new AbortController();
    this.#answering.set(id, controller);
    void this.#answerOf(method, params, controller.signal, id).then((answer) => {
      if (this.#answering.get(id) !== controller) return;
      this.#answering.delete(id);
      try {
        this.#send({ jsonrpc: '2.0', id, ...answer });
      } catch {
        this.#send({ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message: 'the answer is too large' } });
      }
    });
  }

  async #answerOf(method: string, params: JsonObject, signal: AbortSignal, id: RpcId): Promise<{ result: object } | { error: object }> {
    const { methods } = this.#parts;
    try {
      const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (handler === undefined) throw new RpcError(METHOD_NOT_FOUND, 'there is no such method');
      return { result: await handler(params, signal, id) };
    } catch (error) {
      const { code, message } = error instanceof RpcError ? error : { code: INTERNAL_ERROR, message: 'it broke' };
      return { error: { code, message } };
    }
  }

  #send(frame: object): void {
    if (this.#ended !== undefined) return;
    const line = Buffer.from(`${JSON.stringify(frame)}\n`);
    const { maxFrameBytes, output } = this.#parts;
    if (line.length - 1 > maxFrameBytes) throw new RangeError(`a frame would be longer than ${maxFrameBytes} bytes`);
    if (output.writableLength <= MAX_BACKLOG * maxFrameBytes) output.write(line);
    else this.#end({ kind: 'fault', reason: 'it does not read what it is sent' });
  }

  #end(end: RpcEnd): void {
    if (this.#ended !== undefined) return;
    this.close(new Error(end.kind === 'fault' ? end.reason : 'the other side is gone'));
    this.#parts.onEnd(end);
  }
}
