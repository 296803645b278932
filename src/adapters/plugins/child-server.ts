import type { JsonObject } from '../../core/domain/json.js';
import type { RpcId } from '../support/json-rpc-frame.js';
import { JsonRpcPeer, type RpcEnd, type RpcHandler } from '../support/json-rpc-peer.js';
import { METHOD_FAILED, RpcError } from '../support/rpc-error.js';
import type { FrameStreams } from './child-stdio.js';
import { answerOf, cutText, failureOf, messageOf } from './handler-answer.js';
import { HandlerContexts, type HostPeer } from './handler-context.js';
import { type AnyHandler, type LoadedPlugin, loadedPlugin, namesOf } from './loaded-plugin.js';
import { type CallResult, type InitializeResult, MAX_FRAME_BYTES } from './plugin-protocol.js';

/** What the child's side of the protocol needs of its process. */
export interface ChildServerParts {
  readonly streams: FrameStreams;
  /** Loads the module at an absolute path. */
  readonly load: (entry: string) => Promise<unknown>;
  /** Trusts the certificates of these PEM files besides Node's own. */
  readonly trust: (files: readonly string[]) => void;
  /** The connection ended. */
  readonly onEnd: (why: RpcEnd) => void;
}

/** Answers the host: loads the plugin once, then runs its handlers. */
export class ChildServer {
  readonly #parts: ChildServerParts;
  readonly #peer: HostPeer;
  #plugin: LoadedPlugin | undefined;
  #contexts: HandlerContexts | undefined;

  constructor(parts: ChildServerParts) {
    this.#parts = parts;
    const methods: Record<string, RpcHandler> = {
      initialize: (params) => this.#initialize(params),
      'tools/call': (params, signal, id) => this.#call(params, signal, id),
      'tools/preview': (params, signal, id) => this.#text(this.#handler('previews', params), params.arguments, params, signal, id),
      check: (params, signal, id) => this.#text(this.#loaded().check, params.account, params, signal, id),
    };
    this.#peer = new JsonRpcPeer({
      ...parts.streams,
      maxFrameBytes: MAX_FRAME_BYTES,
      methods,
      notices: {},
      onEnd: parts.onEnd,
    });
  }

  async #initialize({ entry, dataDir, ca }: JsonObject): Promise<InitializeResult> {
    if (this.#plugin !== undefined) throw new RpcError(METHOD_FAILED, 'it is initialized already');
    try {
      this.#parts.trust(ca as readonly string[]);
      this.#contexts = new HandlerContexts(this.#peer, String(dataDir));
      this.#plugin = loadedPlugin(await this.#parts.load(String(entry)));
      return namesOf(this.#plugin);
    } catch (error) {
      console.error(error);
      throw new RpcError(METHOD_FAILED, messageOf(error));
    }
  }

  async #call(params: JsonObject, signal: AbortSignal, id: RpcId): Promise<CallResult> {
    const handler = this.#handler('tools', params);
    if (handler === undefined) return { outcome: 'failed', text: `there is no handler for ${String(params.name)}`, crashed: true };
    try {
      return answerOf(await handler(params.arguments, this.#context(params, signal, id)));
    } catch (error) {
      return failureOf(error);
    }
  }

  async #text(handler: AnyHandler | undefined, argument: unknown, params: JsonObject, signal: AbortSignal, id: RpcId) {
    if (handler === undefined) throw new RpcError(METHOD_FAILED, 'there is no such handler');
    try {
      const text = await handler(argument, this.#context(params, signal, id));
      if (typeof text !== 'string') throw new TypeError('what it answered is not a text');
      return { text: cutText(text) };
    } catch (error) {
      throw new RpcError(METHOD_FAILED, messageOf(error));
    }
  }

  #handler(kind: 'tools' | 'previews', { name }: JsonObject): AnyHandler | undefined {
    const handlers = this.#loaded()[kind];
    return typeof name === 'string' && Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  }

  #context(params: JsonObject, signal: AbortSignal, id: RpcId): object {
    return this.#contexts?.make(id, params, signal) ?? {};
  }

  #loaded(): LoadedPlugin {
    if (this.#plugin === undefined) throw new RpcError(METHOD_FAILED, 'it is not initialized');
    return this.#plugin;
  }
}
