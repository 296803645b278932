import type { McpProgram, McpServerName } from '../../core/domain/mcp-server.js';
import type { McpDesk } from '../../ports/mcp-host.js';
import type { ChildEnd, LaunchedChild } from '../support/sandbox/launched-child.js';
import { collectText } from '../support/sandbox/stderr-collector.js';
import { LineTransport } from './line-transport.js';
import type { ConnectionEnd, ConnectsServer, ServerConnection } from './server-connection.js';
import type { StartsServers } from './starts-servers.js';
import { valueSecret } from './value-secret.js';

/** How long a server may take to end after its input was closed. */
const END_MS = 1_000;

/** What starts a server that is a program. */
export interface ProgramConnectorParts {
  readonly name: McpServerName;
  readonly program: McpProgram;
  readonly desk: Pick<McpDesk, 'secret'>;
  readonly launcher: StartsServers;
  readonly log: (text: string) => void;
}

/** Connects to a server by starting its program, each time anew. */
export class ProgramConnector implements ConnectsServer {
  readonly #parts: ProgramConnectorParts;

  constructor(parts: ProgramConnectorParts) {
    this.#parts = parts;
  }

  async connect(signal: AbortSignal): Promise<ServerConnection> {
    const { name, program, launcher, log } = this.#parts;
    const env = await this.#environment();
    signal.throwIfAborted();
    const child = await launcher.launch({ name, program, env, refused: log });
    const connection = new ProgramConnection(child, log);
    if (!signal.aborted) return connection;
    await connection.close();
    throw signal.reason;
  }

  async #environment(): Promise<Readonly<Record<string, string>>> {
    const { name, program, desk } = this.#parts;
    const pairs: [string, string][] = [];
    for (const [key, value] of Object.entries(program.env)) {
      const secret = await valueSecret(name, key, value, desk);
      pairs.push([key, value.text + (secret?.reveal() ?? '')]);
    }
    return Object.fromEntries(pairs);
  }
}

/** A server's process: its messages, what it says on stderr, and its end. */
class ProgramConnection implements ServerConnection {
  readonly transport: LineTransport;
  readonly ended: Promise<ConnectionEnd>;
  readonly #child: LaunchedChild;
  #closing = false;
  #breach: string | undefined;

  constructor(child: LaunchedChild, log: (text: string) => void) {
    this.#child = child;
    this.transport = new LineTransport({
      child,
      log,
      breach: (reason) => this.#kill(reason),
      close: () => this.close(),
    });
    this.ended = child.ended.then((end) => this.#settle(end));
    collectText(child.stderr, log);
    // How it ended is not known yet when its streams are closed: that comes with its end.
    for (const event of ['end', 'error'] as const) child.stdout.on(event, () => this.#killLater('closed its output'));
    child.stdin.on('error', () => this.#killLater('closed its input'));
  }

  hold(alive: boolean): void {
    this.#child.hold(alive || this.#closing || this.#breach !== undefined);
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#child.hold(true);
      this.transport.stop();
      this.#child.stdin.end();
      this.#after(END_MS, () => this.#child.kill());
    }
    await this.ended;
  }

  #kill(reason: string): void {
    this.#breach ??= reason;
    this.#child.hold(true);
    this.#child.kill();
  }

  #killLater(reason: string): void {
    this.#after(END_MS, () => this.#kill(reason));
  }

  #after(ms: number, action: () => void): void {
    const timer = setTimeout(action, ms);
    timer.unref();
    void this.ended.then(() => clearTimeout(timer));
  }

  #settle({ code, signal, why }: ChildEnd): ConnectionEnd {
    this.transport.ended();
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    const reason = why ?? this.#breach;
    return this.#closing && reason === undefined ? undefined : { reason: reason ?? how, crash: true };
  }
}
