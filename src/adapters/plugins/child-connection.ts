import { isPyraError } from '../../core/domain/errors.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { Secret } from '../../core/domain/secret.js';
import type { PluginDesk } from '../../ports/plugin-host.js';
import type { System } from '../../ports/system.js';
import { FlowLimit } from '../support/flow-limit.js';
import { JsonRpcPeer, type RpcEnd } from '../support/json-rpc-peer.js';
import { METHOD_FAILED, RpcError } from '../support/rpc-error.js';
import type { ChildEnd, LaunchedChild } from '../support/sandbox/launched-child.js';
import { watchMemory } from '../support/sandbox/memory-watch.js';
import { collectText } from '../support/sandbox/stderr-collector.js';
import { handlersOf } from './call-output.js';
import { PluginGone } from './plugin-gone.js';
import { type HostNotifications, type HostRequests, type InitializeResult, MAX_FRAME_BYTES } from './plugin-protocol.js';

/** How long a child may take after a cancel before it is killed. */
const CANCEL_MS = 2_000;
/** How long a child may take to end after its stdin or stdout was closed. */
const END_MS = 1_000;
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;
/** Far more than what a person could read, or a plugin needs secrets for. */
const FLOW = { frames: { burst: 5_000, perSecond: 200 }, bytes: { burst: 16 * 1024 * 1024, perSecond: 1024 * 1024 } } as const;
const PROGRESS = { burst: 100, perSecond: 30 } as const;
/** Each look into the vault is written down: a plugin must not fill the disk with it, nor hold up who else needs it. */
const DESK = { burst: 200, perSecond: 5 } as const;
/** What a call may need of them, however quickly calls come. */
const SECRETS_OF_A_CALL = 20;
const LONGEST_TEXT = 4_000;
const LONGEST_SECRET_NAME = 128;

/** What a connection is made from. */
export interface ChildConnectionParts {
  readonly plugin: InstalledPlugin;
  readonly desk: PluginDesk;
  readonly system: Pick<System, 'deadline'>;
  /** Writes to the log of plugins' errors. */
  readonly log: (text: string) => void;
  /** Called whenever nothing is being asked any more. */
  readonly onIdle: () => void;
  /** Called once, when the child is gone; with the reason in words when that was not meant. */
  readonly onGone: (crash: string | undefined) => void;
}

/** One running child: its frames, what waits for it, and its end. */
export class ChildConnection {
  readonly #parts: ChildConnectionParts;
  readonly #child: LaunchedChild;
  readonly #peer: JsonRpcPeer<HostRequests, HostNotifications>;
  readonly #lines = new FlowLimit(PROGRESS);
  readonly #desk = new FlowLimit(DESK);
  readonly #progress = new Map<number, (text: string) => void>();
  /** What was cancelled and is not answered yet. */
  readonly #unstopped = new Set<Promise<void>>();
  readonly #unwatch: () => void;
  readonly #gone: Promise<PluginGone>;
  #running = 0;
  /** How many cancelled requests have no answer yet. */
  #cancelled = 0;
  #closing = false;
  #ending = false;
  #crash: string | undefined;

  constructor(child: LaunchedChild, parts: ChildConnectionParts) {
    this.#parts = parts;
    this.#child = child;
    const { log } = parts;
    collectText(child.stderr, log);
    this.#peer = new JsonRpcPeer({
      input: child.stdout,
      output: child.stdin,
      maxFrameBytes: MAX_FRAME_BYTES,
      flow: FLOW,
      methods: { 'secrets/get': (params) => this.#secret(params), 'secrets/set': (params) => this.#setSecret(params) },
      notices: {
        'notifications/progress': ({ requestId, message }) => {
          if (this.#lines.take(1)) this.#progress.get(Number(requestId))?.(String(message).slice(0, LONGEST_TEXT));
        },
        'notifications/message': ({ data }) => log(String(data)),
      },
      onEnd: (why) => this.#ended(why),
    });
    this.#unwatch = watchMemory(
      () => child.pid(),
      MEMORY_LIMIT_BYTES,
      () => this.crash('used more than 512 MB of memory'),
    );
    this.#gone = child.ended.then((end) => this.#settle(end));
  }

  /** Whether nothing is being asked. */
  get idle(): boolean {
    return this.#running === 0;
  }

  /** Whether it is about to be gone: nothing more can be asked. */
  get ending(): boolean {
    return this.#ending || this.#closing || this.#crash !== undefined;
  }

  /** Loads the plugin's code; gives the names of its handlers. Throws {@link PluginGone} with the reason. */
  async initialize(entry: string, ca: readonly string[], signal: AbortSignal): Promise<InitializeResult> {
    const { manifest, dataFolder } = this.#parts.plugin;
    const params = { api: 1, name: manifest.name, entry, dataDir: dataFolder, ca } as const;
    try {
      return handlersOf(await this.#ask('initialize', params, signal));
    } catch (error) {
      if (signal.aborted) this.crash('did not start in time');
      else if (error instanceof RpcError) this.crash(`cannot be loaded: ${error.message.slice(0, LONGEST_TEXT)}`);
      else if (error instanceof PluginGone) this.crash('answered what are no names of handlers');
      throw await this.#gone;
    }
  }

  /**
   * Asks the child. Rejects with the signal's reason at once on an abort, after which the child has two seconds to answer before it is
   * killed; with an {@link RpcError} that it answered; with {@link PluginGone} when it is gone.
   */
  async ask<Method extends 'tools/call' | 'tools/preview' | 'check'>(
    method: Method,
    params: HostRequests[Method]['params'],
    signal: AbortSignal,
    progress?: (text: string) => void,
  ): Promise<HostRequests[Method]['result']> {
    try {
      return await this.#ask(method, params, signal, progress);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RpcError || error instanceof RangeError) throw error;
      const { message } = await this.#gone;
      throw new PluginGone(`${message}; it may have had its effect`);
    }
  }

  /** Resolves when nothing is left that was cancelled and does not stop: it may yet take the child with it. */
  async calm(): Promise<void> {
    await Promise.race([Promise.all(this.#unstopped), this.#gone]);
  }

  /** Kills the child and says why; only the first reason counts. */
  crash(reason: string): void {
    if (!this.#closing) this.#crash ??= reason;
    // Its end is waited for, so that nobody is left without the reason.
    this.#child.hold(true);
    this.#child.kill();
  }

  /** Lets the child end by itself, which it has a second for. */
  retire(): void {
    this.#closing = true;
    this.#child.stdin.end();
    this.#killLater(() => this.#child.kill());
  }

  /** Kills the child, and resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#cancelled > 0 && !this.ending) this.#parts.log('had not stopped when it was told to, and was ended');
    this.#closing = true;
    this.#ending = true;
    this.#child.hold(true);
    this.#child.kill();
    await this.#gone;
  }

  async #ask<Method extends keyof HostRequests>(
    method: Method,
    params: HostRequests[Method]['params'],
    signal: AbortSignal,
    progress?: (text: string) => void,
  ): Promise<HostRequests[Method]['result']> {
    this.#running += 1;
    this.#desk.give(SECRETS_OF_A_CALL);
    this.#child.hold(true);
    const sent = this.#peer.request(method, params, signal);
    if (progress !== undefined) this.#progress.set(sent.id, progress);
    const cancelled = (): void => this.#mustAnswer(sent.answered);
    signal.addEventListener('abort', cancelled, { once: true });
    void sent.answered.then(() => {
      signal.removeEventListener('abort', cancelled);
      this.#progress.delete(sent.id);
      this.#running -= 1;
      if (this.#running > 0 || this.ending) return;
      this.#child.hold(false);
      this.#parts.onIdle();
    });
    return sent.answer;
  }

  #mustAnswer(answered: Promise<void>): void {
    const { signal, dispose } = this.#parts.system.deadline([], CANCEL_MS);
    signal.addEventListener('abort', () => this.crash('did not stop when it was told to'), { once: true });
    this.#cancelled += 1;
    this.#unstopped.add(answered);
    void answered.then(() => {
      this.#cancelled -= 1;
      this.#unstopped.delete(answered);
      dispose();
    });
  }

  async #secret({ name }: JsonObject): Promise<{ readonly value: string | null }> {
    const secret = await this.#atDesk((desk) => desk.secret(secretName(name)));
    return { value: secret?.reveal() ?? null };
  }

  async #setSecret({ name, value }: JsonObject): Promise<Record<string, never>> {
    if (typeof value !== 'string') throw new RpcError(METHOD_FAILED, 'the value of a secret is a text');
    await this.#atDesk((desk) => desk.setSecret(secretName(name), new Secret(value)));
    return {};
  }

  /** What the person can mend is told to the plugin, the rest is not. */
  async #atDesk<T>(action: (desk: PluginDesk) => Promise<T>): Promise<T> {
    if (!this.#desk.take(1)) throw new RpcError(METHOD_FAILED, 'it asks for secrets too often: it has to wait');
    try {
      return await action(this.#parts.desk);
    } catch (error) {
      if (isPyraError(error))
        throw new RpcError(METHOD_FAILED, error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
      throw error;
    }
  }

  #ended(why: RpcEnd): void {
    this.#ending = true;
    this.#child.hold(true);
    if (why.kind === 'fault') this.crash(`broke the protocol: ${why.reason}`);
    // How it ended is not known yet: its streams are closed before it is gone.
    else this.#killLater(() => this.crash('closed its output'));
  }

  #killLater(kill: () => void): void {
    const timer = setTimeout(kill, END_MS);
    timer.unref();
    void this.#gone.then(() => clearTimeout(timer));
  }

  #settle({ code, signal }: ChildEnd): PluginGone {
    this.#unwatch();
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    const crash = this.#closing ? undefined : (this.#crash ?? how);
    const gone = new PluginGone(`the plugin ${crash ?? 'was closed'}`);
    this.#peer.close(gone);
    if (crash !== undefined) this.#parts.log(crash);
    this.#parts.onGone(crash);
    return gone;
  }
}

function secretName(name: unknown): string {
  if (typeof name !== 'string' || name.length > LONGEST_SECRET_NAME) throw new RpcError(METHOD_FAILED, 'a secret has a short name');
  return name;
}
