import { isPyraError, PyraError } from '../../core/domain/errors.js';
import { millisecondsOf } from '../../core/domain/identifiers.js';
import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import type { McpServer, McpTool } from '../../core/domain/mcp-server.js';
import type { Redactor } from '../../core/domain/redaction.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import type { McpDesk, McpListing, OpenMcpServer } from '../../ports/mcp-host.js';
import type { System } from '../../ports/system.js';
import { FlowLimit } from '../support/flow-limit.js';
import { RpcError } from '../support/rpc-error.js';
import { CrashCount } from './crash-count.js';
import type { ConnectsServer, ServerConnection } from './server-connection.js';
import { ServerGone } from './server-gone.js';
import type { MakesSession, ServerSession } from './server-session.js';
import { SessionLost } from './session-lost.js';
import { startPatience } from './start-patience.js';

/** What the life of one server needs. */
export interface OpenServerParts {
  readonly server: McpServer;
  readonly desk: McpDesk;
  readonly connector: ConnectsServer;
  /** Loads the SDK. */
  readonly session: () => Promise<MakesSession>;
  readonly system: Pick<System, 'now' | 'wait' | 'deadline'>;
  /** A foreign text as a person may read it: one line, bounded, redacted. */
  readonly shown: (text: string) => string;
  /** Knows the secrets that this server was given: it could say them of itself, and what it says of itself is kept. */
  readonly given: Pick<Redactor, 'redact' | 'redactJson'>;
  /** Writes to the log of servers' errors. */
  readonly log: (text: string) => void;
  readonly flush: () => Promise<void>;
}

const LIST_SECONDS = 30;
/** A server that says all the time that its tools changed must not keep them from being called. */
const CHANGES = { burst: 20, perSecond: 1 } as const;
const NOT_RUN = 'it is not run any more before the person has looked at it';

interface Listed {
  readonly session: ServerSession;
  /** How many changes were told before its tools were asked for. */
  readonly changes: number;
  readonly listing: McpListing;
}

/** One server: started when it is first needed, reused while it runs, started anew after a crash, and not any more after three of them. */
export class OpenServer implements OpenMcpServer {
  readonly #parts: OpenServerParts;
  readonly #closing = new AbortController();
  readonly #crashes = new CrashCount();
  readonly #changeLimit: FlowLimit;
  #connection: ServerConnection | undefined;
  #session: ServerSession | undefined;
  #starting: Promise<ServerSession> | undefined;
  /** Ends the wait before a start when nobody needs it any more. */
  #delay: AbortController | undefined;
  #listing: Promise<Listed> | undefined;
  #listed: Listed | undefined;
  #changes = 0;
  #waiting = 0;
  #blocked: string | undefined;

  constructor(parts: OpenServerParts) {
    this.#parts = parts;
    this.#changeLimit = new FlowLimit(CHANGES, () => this.#now());
  }

  async listing(signal: AbortSignal): Promise<McpListing> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting += 1;
    if (this.#starting !== undefined) this.#connection?.hold(true);
    try {
      return await Promise.race([this.#current(), aborted.promise]);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#error(error);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#letGo();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ServerGone('was closed'));
    await Promise.all([this.#connection?.close(), this.#starting?.catch(() => undefined), this.#listing?.catch(() => undefined)]);
    await this.#connection?.close();
    await this.#parts.flush();
  }

  async #current(): Promise<McpListing> {
    const session = await this.#started();
    if (this.#listed !== undefined && this.#holds(this.#listed)) return this.#listed.listing;
    this.#listing ??= this.#list(session).finally(() => {
      this.#listing = undefined;
    });
    this.#listed = await this.#listing;
    return this.#listed.listing;
  }

  #holds({ session, changes }: Listed): boolean {
    if (session !== this.#session) return false;
    if (changes === this.#changes) return true;
    if (this.#changeLimit.take(1)) return false;
    this.#changeLimit.give(1);
    return true;
  }

  async #list(session: ServerSession): Promise<Listed> {
    const changes = this.#changes;
    const deadline = this.#parts.system.deadline([this.#closing.signal], LIST_SECONDS * 1_000);
    try {
      const { given } = this.#parts;
      const { tools: said, faults } = await session.listTools(deadline.signal);
      const tools = given.redactJson(said as unknown as JsonValue) as unknown as readonly McpTool[];
      const names = new Set(tools.map(({ name }) => name));
      const listed: Listed = {
        session,
        changes,
        listing: {
          tools,
          faults: faults.map((fault) => this.#parts.shown(fault)),
          title: given.redact(session.title),
          call: async (name, args, signal, progress) => {
            signal.throwIfAborted();
            if (!this.#holds(listed)) return undefined;
            if (!names.has(name)) return { text: 'the server has no such tool', outcome: 'failed' };
            return this.#call(session, name, args, signal, progress);
          },
        },
      };
      return listed;
    } catch (error) {
      const late = deadline.signal.aborted && !this.#closing.signal.aborted;
      throw await this.#broken(session, late ? `did not list its tools within ${LIST_SECONDS} seconds` : error, 'tools/list');
    } finally {
      deadline.dispose();
    }
  }

  async #call(
    session: ServerSession,
    name: string,
    args: JsonObject,
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<ToolOutput | undefined> {
    try {
      return await session.call(name, args, signal, progress);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SessionLost) {
        await session.ended;
        return undefined;
      }
      if (isPyraError(error, 'vault/locked') || !(isPyraError(error) || error instanceof ServerGone)) throw error;
      const last = this.#blocked === undefined ? '' : `; ${NOT_RUN}`;
      return { text: this.#parts.shown(`${this.#callWords(error)}${last}`), outcome: 'failed' };
    }
  }

  /** What a request over HTTP failed of says itself what came of it. */
  #callWords(error: PyraError | ServerGone): string {
    if (isPyraError(error)) return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
    return `the MCP server ${this.#parts.server.name} ${error.message}; the call may have had its effect`;
  }

  /** The session that is running, or a new one; whoever asks at the same time shares one start. */
  #started(): Promise<ServerSession> {
    this.#mustBeAllowed();
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    if (this.#starting !== undefined) return this.#starting;
    const starting = this.#start().finally(() => {
      if (this.#starting === starting) this.#starting = undefined;
    });
    this.#starting = starting;
    return starting;
  }

  async #start(): Promise<ServerSession> {
    await this.#backOff();
    // What was ended may still be on its way out: two of them at the same time could be in each other's way.
    await this.#connection?.ended;
    const { server, connector, system } = this.#parts;
    const make = await this.#parts.session();
    this.#mustBeAllowed();
    // It may ask for the passphrase of the vault: that takes as long as the person does.
    const session = this.#attach(await connector.connect(this.#closing.signal), make);
    const { seconds, hint } = startPatience(server);
    const deadline = system.deadline([this.#closing.signal], seconds * 1_000);
    try {
      await session.initialize(deadline.signal);
      this.#mustBeAllowed();
      this.#session = session;
      return session;
    } catch (error) {
      const late = deadline.signal.aborted && !this.#closing.signal.aborted;
      const reason = late ? new ServerGone(`did not answer within ${seconds} seconds of its start`, hint) : error;
      throw await this.#broken(session, reason, 'initialize');
    } finally {
      deadline.dispose();
    }
  }

  #attach(connection: ServerConnection, make: MakesSession): ServerSession {
    this.#connection = connection;
    const { name } = this.#parts.server;
    const session = make(connection, {
      name,
      shown: this.#parts.shown,
      log: this.#parts.log,
      changed: () => {
        this.#changes += 1;
      },
    });
    void session.ended.then((end) => {
      if (this.#session === session) this.#session = undefined;
      if (this.#connection === connection) this.#connection = undefined;
      if (end === undefined) return;
      this.#parts.log(end.reason);
      if (end.crash) this.#count(end.reason);
    });
    return session;
  }

  /** Ends a session that cannot be used, and gives the reason as it is told. */
  async #broken(session: ServerSession, reason: unknown, asked: string): Promise<unknown> {
    const gone = reason instanceof RpcError ? new ServerGone(`answered ${asked} with an error: ${reason.message}`) : wordsOf(reason);
    if (gone instanceof ServerGone) session.fail(gone.message);
    await session.close();
    await session.ended;
    return gone;
  }

  async #backOff(): Promise<void> {
    const ms = this.#crashes.wait(this.#now());
    if (ms === 0) return;
    const delay = new AbortController();
    this.#delay = delay;
    try {
      await this.#parts.system.wait(ms, AbortSignal.any([delay.signal, this.#closing.signal]));
    } finally {
      if (this.#delay === delay) this.#delay = undefined;
    }
  }

  /** Nobody waits any more: a start goes on without keeping this process alive, and one that was put off is not made. */
  #letGo(): void {
    if (this.#delay === undefined) {
      if (this.#starting !== undefined) this.#connection?.hold(false);
      return;
    }
    this.#delay.abort(new ServerGone('is not needed any more'));
    this.#delay = undefined;
    this.#starting = undefined;
  }

  #mustBeAllowed(): void {
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
    if (this.#blocked !== undefined) {
      throw new ServerGone(`is not run any more before you have looked at it: ${this.#blocked}`, `pyra mcp set ${this.#parts.server.name}`);
    }
  }

  #count(reason: string): void {
    if (!this.#crashes.add(this.#now()) || this.#blocked !== undefined) return;
    this.#blocked = this.#parts.shown(`it crashed 3 times within a minute; the last time it ${reason}`);
    this.#parts.log(`blocked: ${this.#blocked}`);
    this.#parts.desk.block(this.#blocked).catch(() => this.#parts.log('that it is blocked could not be stored'));
  }

  #now(): number {
    return millisecondsOf(this.#parts.system.now());
  }

  #error(error: unknown): unknown {
    if (!(error instanceof ServerGone)) return error;
    const { name, reach } = this.#parts.server;
    const usual =
      reach.kind === 'program' ? 'what it says about itself is in logs/mcp_errors.log' : `look at it with: pyra mcp set ${name}`;
    return new PyraError('mcp/unreachable', this.#parts.shown(`the MCP server ${name} ${error.message}`), { hint: error.hint ?? usual });
  }
}

function wordsOf(reason: unknown): unknown {
  return typeof reason === 'string' ? new ServerGone(reason) : reason;
}
