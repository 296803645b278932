import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpError, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { isPyraError } from '../../core/domain/errors.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import { RpcError } from '../support/rpc-error.js';
import { callOutput } from './call-result.js';
import { MessageGuard } from './message-guard.js';
import type { ConnectionEnd, ServerConnection } from './server-connection.js';
import { ServerGone } from './server-gone.js';
import type { ServerSession, SessionParts, ToolListing } from './server-session.js';
import { serverTitle, toolListing } from './tool-listing.js';

/** The longest that a timer can be; how long a request may take is said by its signal. */
const NEVER_MS = 2 ** 31 - 1;
/** How long the end of a connection may take to be known after a request failed of it. */
const END_MS = 2_000;
const MAX_ARGUMENT_CHARACTERS = 8 * 1024 * 1024;

/** How the SDK begins what it says of a server of another version. */
const OTHER_VERSION = "Server's protocol version is not supported:";

/** Foreign schemas are not compiled: what is `data` is for the person's scripts, which look at it themselves. */
const NO_VALIDATION = { getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }) };

/** A session that the official SDK's client speaks; it declares no capabilities. */
export class ClientSession implements ServerSession {
  readonly ended: Promise<ConnectionEnd>;
  readonly #parts: SessionParts;
  readonly #connection: ServerConnection;
  readonly #guard: MessageGuard;
  readonly #client: Client;
  #running = 0;
  #lastToken = 0;
  #fault: string | undefined;
  #over = false;

  constructor(connection: ServerConnection, parts: SessionParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.ended = connection.ended.then((end) => {
      this.#over = true;
      return this.#fault === undefined ? end : { reason: this.#fault, crash: true };
    });
    const { changed, log } = parts;
    this.#guard = new MessageGuard({ inner: connection.transport, changed, log, breach: (reason) => this.fail(reason) });
    this.#client = new Client({ name: 'pyra', version: '1' }, { capabilities: {}, jsonSchemaValidator: NO_VALIDATION });
    this.#client.onerror = (error) => log(`the protocol: ${error.message.slice(0, 1_000)}`);
  }

  get title(): string {
    return this.#parts.shown(serverTitle(this.#client.getServerVersion()));
  }

  async initialize(signal: AbortSignal): Promise<void> {
    await this.#request(signal, (own) => this.#client.connect(this.#guard, { signal: own, timeout: NEVER_MS }));
  }

  async listTools(signal: AbortSignal): Promise<ToolListing> {
    if (this.#client.getServerCapabilities()?.tools === undefined) return { tools: [], faults: ['it says that it has no tools'] };
    return toolListing((params) => this.#ask('tools/list', params, signal));
  }

  async call(name: string, args: JsonObject, signal: AbortSignal, progress: (text: string) => void): Promise<ToolOutput> {
    if (JSON.stringify(args).length > MAX_ARGUMENT_CHARACTERS) return { text: 'the arguments are too large to be sent', outcome: 'failed' };
    this.#lastToken += 1;
    const token = this.#lastToken;
    this.#guard.watch(token, (text) => progress(this.#parts.shown(text)));
    try {
      return callOutput(await this.#ask('tools/call', { name, arguments: args, _meta: { progressToken: token } }, signal));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { text: `the server answered with an error: ${this.#parts.shown(error.message)}`, outcome: 'failed' };
    } finally {
      this.#guard.watch(token);
    }
  }

  fail(reason: string): void {
    if (this.#over) return;
    this.#fault ??= reason;
    void this.#connection.close().catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #ask(method: string, params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const answer = this.#request(signal, (own) =>
      this.#client.request({ method, params }, ResultSchema, { signal: own, timeout: NEVER_MS }),
    );
    return (await answer) as JsonObject;
  }

  /** Runs one request. The SDK never lets go of a signal, and tells the server its reason: so it is given one that lives as long as the request. */
  async #request<T>(signal: AbortSignal, request: (own: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const own = new AbortController();
    const abort = (): void => own.abort('cancelled');
    signal.addEventListener('abort', abort, { once: true });
    this.#running += 1;
    if (this.#running === 1) this.#connection.hold(true);
    try {
      return await request(own.signal);
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#reason(error);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#running -= 1;
      if (this.#running === 0) this.#connection.hold(false);
    }
  }

  async #reason(error: unknown): Promise<unknown> {
    if (isPyraError(error) || error instanceof ServerGone) return error;
    const isClosed = this.#over || this.#fault !== undefined || this.#client.transport === undefined;
    if (error instanceof McpError && !isClosed) return new RpcError(error.code, error.message.replace(/^MCP error -?\d+: /, ''));
    const end = await Promise.race([this.ended, isClosed ? waited(END_MS) : waited(0)]);
    if (end !== 'waited') return new ServerGone(end?.reason ?? 'was closed');
    const text = error instanceof Error ? error.message : String(error);
    if (text.startsWith(OTHER_VERSION))
      return new ServerGone(`speaks another version of the protocol than Pyra:${text.slice(OTHER_VERSION.length)}`);
    this.#parts.log(`a request failed: ${text.slice(0, 1_000)}`);
    return new ServerGone('answered what the protocol does not allow');
  }
}

function waited(ms: number): Promise<'waited'> {
  return new Promise((resolve) => setTimeout(() => resolve('waited'), ms).unref());
}
