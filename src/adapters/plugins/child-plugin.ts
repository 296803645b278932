import { join } from 'node:path';
import { cleanOutput } from '../../core/domain/clean-output.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import { millisecondsOf, type ProviderId, type ToolName } from '../../core/domain/identifiers.js';
import { canonicalJson, type JsonObject } from '../../core/domain/json.js';
import type { InstalledPlugin, PluginSettings } from '../../core/domain/plugin.js';
import { pluginArgumentFault } from '../../core/domain/plugin-arguments.js';
import type { PluginAccount } from '../../core/domain/plugin-manifest.js';
import { pluginToolDefinitions, pluginVerbOf } from '../../core/domain/plugin-tool-definitions.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../../core/domain/tool.js';
import { visible } from '../../core/domain/untrusted.js';
import type { OpenPlugin, PluginDesk } from '../../ports/plugin-host.js';
import type { System } from '../../ports/system.js';
import type { ProviderErrorLog } from '../support/provider-error-log.js';
import { RpcError } from '../support/rpc-error.js';
import { isBroken, outputOf, textOf } from './call-output.js';
import { certificateFiles } from './certificate-files.js';
import { ChildConnection } from './child-connection.js';
import type { FileState } from './file-state.js';
import { PluginGone } from './plugin-gone.js';
import type { HostRequests, InitializeResult } from './plugin-protocol.js';
import type { StartsChildren } from './starts-children.js';

/** What runs a plugin's child. */
export interface ChildPluginParts {
  readonly launcher: StartsChildren;
  /** The runtime that every child starts with, absolute. */
  readonly runtime: string;
  readonly system: Pick<System, 'now' | 'deadline'>;
  /** What is known of the files of a plugin; asked before each start. */
  readonly files: (plugin: InstalledPlugin) => Promise<FileState>;
  /** Takes secrets out of a text that a person reads. */
  readonly redact: (text: string) => string;
  /** The log of plugins' errors. */
  readonly log: Pick<ProviderErrorLog, 'write' | 'flush'>;
}

const IDLE_MS = 120_000;
const START_MS = 30_000;
const CRASHES_MS = 60_000;
const MAX_CRASHES = 3;
const LONGEST_TEXT = 4_000;
const NOT_RUN = 'is not run any more before the person has looked at it';

interface Running {
  readonly connection: ChildConnection;
  readonly handlers: InitializeResult;
  /** The answers that it was started with: they decide what it may reach and whom it trusts. */
  readonly settings: string;
}

/** A plugin in a process of its own, which is started when it is first needed, reused while it is warm, and started anew after a crash. */
export class ChildPlugin implements OpenPlugin {
  readonly id: ProviderId;
  readonly #plugin: InstalledPlugin;
  readonly #desk: PluginDesk;
  readonly #parts: ChildPluginParts;
  readonly #connections = new Set<ChildConnection>();
  #running: Running | undefined;
  #starting: Promise<Running> | undefined;
  #crashes: readonly number[] = [];
  #blocked: string | undefined;
  #closed = false;
  #stopIdle: () => void = () => undefined;

  constructor(plugin: InstalledPlugin, desk: PluginDesk, parts: ChildPluginParts) {
    this.id = plugin.manifest.name as string as ProviderId;
    this.#plugin = plugin;
    this.#desk = desk;
    this.#parts = parts;
    this.#blocked = plugin.blocked?.reason;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return pluginToolDefinitions(this.#plugin);
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    const name = pluginVerbOf(this.#plugin, tool);
    if (name === undefined) return { text: `there is no tool ${tool}`, outcome: 'failed' };
    const fault = pluginArgumentFault(args);
    if (fault !== undefined) return { text: fault, outcome: 'failed' };
    try {
      const result = await this.#ask('tools/call', { name, arguments: args }, signal, context.progress);
      if (isBroken(result)) this.#log(`${tool} broke: ${textOf(result)}`);
      return outputOf(result);
    } catch (error) {
      signal.throwIfAborted();
      const text = this.#words(error);
      // The crash that was one too many says so, since the next call finds no such tool.
      const isLast = this.#blocked !== undefined && !text.includes(NOT_RUN);
      return { text: isLast ? `${text}; it ${NOT_RUN}: pyra plugin enable ${this.#plugin.manifest.name}` : text, outcome: 'failed' };
    }
  }

  async preview(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    const name = pluginVerbOf(this.#plugin, tool);
    if (name === undefined || pluginArgumentFault(args) !== undefined) return undefined;
    try {
      return textOf(await this.#ask('tools/preview', { name, arguments: args }, signal));
    } catch (error) {
      throw this.#error(error, signal);
    }
  }

  async handlers(signal: AbortSignal): Promise<InitializeResult> {
    try {
      return (await this.#start(await this.#desk.settings(), signal)).handlers;
    } catch (error) {
      throw this.#error(error, signal, 'whoever wrote the plugin has to mend it; logs/plugin_errors.log has the details');
    }
  }

  async check(account: PluginAccount, signal: AbortSignal, progress: (text: string) => void): Promise<string> {
    try {
      const said = await this.#ask('check', { account }, signal, (text) => progress(this.#shown(text)));
      return this.#shown(textOf(said));
    } catch (error) {
      throw this.#error(error, signal);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopIdle();
    await Promise.all([...this.#connections].map((connection) => connection.close()));
    await this.#starting?.catch(() => undefined);
    await this.#parts.log.flush();
  }

  async #ask<Method extends 'tools/call' | 'tools/preview' | 'check'>(
    method: Method,
    params: Omit<HostRequests[Method]['params'], 'settings'>,
    signal: AbortSignal,
    progress?: (text: string) => void,
  ): Promise<HostRequests[Method]['result']> {
    const settings = await this.#desk.settings();
    const { connection } = await this.#start(settings, signal);
    this.#stopIdle();
    return connection.ask(method, { ...params, settings } as HostRequests[Method]['params'], signal, progress);
  }

  /** The child that is running, or a new one; callers at the same time share one start. */
  async #start(settings: PluginSettings, signal: AbortSignal): Promise<Running> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.#ready(settings, signal), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #ready(settings: PluginSettings, signal: AbortSignal): Promise<Running> {
    // A call that does not stop takes the child with it, and this one is not to go with them.
    await this.#running?.connection.calm();
    signal.throwIfAborted();
    if (this.#running?.connection.ending) this.#running = undefined;
    if (this.#running !== undefined && this.#running.settings !== canonicalJson(settings) && this.#running.connection.idle) this.#retire();
    if (this.#running !== undefined) return this.#running;
    this.#starting ??= this.#launch(settings).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #launch(settings: PluginSettings): Promise<Running> {
    this.#mustBeAllowed();
    const { launcher, runtime, system } = this.#parts;
    await this.#lookAtFiles();
    const deadline = system.deadline([], START_MS);
    try {
      const child = await launcher.launch({
        plugin: this.#plugin,
        runtime,
        settings,
        refused: (why) => this.#log(why),
      });
      const connection = this.#connect(child);
      if (this.#closed) await connection.close();
      this.#mustBeAllowed();
      const entry = join(this.#plugin.folder, this.#plugin.manifest.entry);
      const handlers = await connection.initialize(entry, certificateFiles(this.#plugin, settings), deadline.signal);
      this.#running = { connection, handlers, settings: canonicalJson(settings) };
      this.#waitIdle();
      return this.#running;
    } finally {
      deadline.dispose();
    }
  }

  async #lookAtFiles(): Promise<void> {
    const state = await this.#parts.files(this.#plugin);
    if (state.kind === 'replaced')
      throw new PluginGone(`the plugin ${this.#plugin.manifest.name} was changed since Pyra was started: start Pyra anew`);
    if (state.kind === 'changed') await this.#block(`its files are not those that were accepted: ${state.faults.slice(0, 3).join('; ')}`);
    this.#mustBeAllowed();
  }

  #connect(child: Awaited<ReturnType<StartsChildren['launch']>>): ChildConnection {
    const connection: ChildConnection = new ChildConnection(child, {
      plugin: this.#plugin,
      desk: this.#desk,
      system: this.#parts.system,
      log: (text) => this.#log(text),
      onIdle: () => this.#waitIdle(),
      onGone: (crash) => {
        this.#connections.delete(connection);
        if (this.#running?.connection === connection) this.#running = undefined;
        if (crash !== undefined) void this.#count(crash);
      },
    });
    this.#connections.add(connection);
    return connection;
  }

  #mustBeAllowed(): void {
    const { name } = this.#plugin.manifest;
    if (this.#closed) throw new PluginGone(`the plugin ${name} was closed`);
    if (this.#blocked !== undefined) {
      throw new PluginGone(`the plugin ${name} ${NOT_RUN} (pyra plugin enable ${name}): ${this.#blocked}`);
    }
  }

  #retire(): void {
    this.#running?.connection.retire();
    this.#running = undefined;
  }

  #waitIdle(): void {
    this.#stopIdle();
    if (this.#running === undefined || !this.#running.connection.idle || this.#closed) return;
    const { signal, dispose } = this.#parts.system.deadline([], IDLE_MS);
    signal.addEventListener('abort', () => this.#running?.connection.idle && this.#retire(), { once: true });
    this.#stopIdle = dispose;
  }

  async #count(reason: string): Promise<void> {
    const now = millisecondsOf(this.#parts.system.now());
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES_MS), now];
    if (this.#crashes.length >= MAX_CRASHES)
      await this.#block(`it crashed ${MAX_CRASHES} times within a minute; the last time it ${reason}`);
  }

  async #block(reason: string): Promise<void> {
    this.#blocked = this.#parts.redact(reason);
    this.#log(`blocked: ${reason}`);
    await this.#desk.block(this.#blocked).catch(() => undefined);
  }

  #log(text: string): void {
    this.#parts.log.write(this.#plugin.manifest.name, text);
  }

  #words(error: unknown): string {
    if (error instanceof RangeError) return 'the arguments are too large to be sent to the plugin';
    const isTold = error instanceof PluginGone || error instanceof RpcError || isPyraError(error);
    return isTold ? this.#shown(error.message) : 'the plugin could not be run';
  }

  /** A text of the plugin's as a person may see it. */
  #shown(text: string): string {
    return this.#parts.redact(visible(cleanOutput(text))).slice(0, LONGEST_TEXT);
  }

  #error(error: unknown, signal: AbortSignal, hint?: string): unknown {
    if (signal.aborted) return signal.reason;
    return isPyraError(error) ? error : new PyraError('plugin/crashed', this.#words(error), hint === undefined ? {} : { hint });
  }
}
