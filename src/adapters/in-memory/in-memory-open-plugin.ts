import { isPyraError, PyraError } from '../../core/domain/errors.js';
import { millisecondsOf, type ProviderId, type ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { pluginArgumentFault } from '../../core/domain/plugin-arguments.js';
import { MAIN_ACCOUNT, type PluginAccount } from '../../core/domain/plugin-manifest.js';
import { pluginToolDefinitions, pluginVerbOf } from '../../core/domain/plugin-tool-definitions.js';
import { Secret } from '../../core/domain/secret.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../../core/domain/tool.js';
import type { OpenPlugin, PluginDesk } from '../../ports/plugin-host.js';
import type { System } from '../../ports/system.js';

/** What handlers of a plugin are given; the same as that of `pyra/plugin`. */
export interface InMemoryContext {
  readonly settings: JsonObject;
  readonly accounts: Readonly<Record<string, JsonObject>>;
  readonly secrets: { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> };
  readonly dataDir: string;
  log(text: string): void;
  progress(text: string): void;
  readonly signal: AbortSignal;
}

type Answer = string | { readonly text: string; readonly source?: string };
type Handler<Given, Gives> = (given: Given, context: InMemoryContext) => Gives | Promise<Gives>;

/** The code of a plugin as functions of this process. */
export interface InMemoryPlugin {
  readonly tools: Readonly<Record<string, Handler<JsonObject, Answer>>>;
  readonly previews?: Readonly<Record<string, Handler<JsonObject, string>>>;
  readonly check?: Handler<string, string>;
}

/** What a handler throws to do as if its process had ended. */
export class InMemoryCrash extends Error {
  override readonly name = 'InMemoryCrash';
}

/** What an open plugin is made from. */
export interface InMemoryOpenPluginParts {
  readonly plugin: InstalledPlugin;
  readonly desk: PluginDesk;
  readonly system: Pick<System, 'now' | 'deadline'>;
  readonly load: () => InMemoryPlugin;
}

const IDLE_MS = 120_000;
const CANCEL_MS = 2_000;
const CRASHES_MS = 60_000;
const MAX_CRASHES = 3;
const NOT_RUN = 'is not run any more before the person has looked at it';
const MAX_TEXT = 1024 * 1024;

/** One plugin of {@link InMemoryPluginHost}: the life of a process, with functions in the place of one. */
export class InMemoryOpenPlugin implements OpenPlugin {
  readonly id: ProviderId;
  readonly #parts: InMemoryOpenPluginParts;
  #code: InMemoryPlugin | undefined;
  #crashes: readonly number[] = [];
  #blocked: string | undefined;
  #closed = false;
  #running = 0;
  #stopIdle: () => void = () => undefined;

  constructor(parts: InMemoryOpenPluginParts) {
    this.id = parts.plugin.manifest.name as string as ProviderId;
    this.#parts = parts;
    this.#blocked = parts.plugin.blocked?.reason;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return pluginToolDefinitions(this.#parts.plugin);
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    const verb = pluginVerbOf(this.#parts.plugin, tool);
    if (verb === undefined) return { text: `there is no tool ${tool}`, outcome: 'failed' };
    const fault = pluginArgumentFault(args);
    if (fault !== undefined) return { text: fault, outcome: 'failed' };
    try {
      const answer = await this.#run((code, given) => own(code.tools, verb)(args, given), signal, context.progress);
      const { text, source } = typeof answer === 'string' ? { text: answer, source: undefined } : answer;
      return { text: cut(text), ...(source === undefined ? {} : { provenance: { kind: 'external', source } }) };
    } catch (error) {
      signal.throwIfAborted();
      const text = wordsOf(error);
      return { text: this.#blocked === undefined || text.includes(NOT_RUN) ? text : `${text}; it ${NOT_RUN}`, outcome: 'failed' };
    }
  }

  async preview(tool: ToolName, args: JsonObject, signal: AbortSignal): Promise<string | undefined> {
    const verb = pluginVerbOf(this.#parts.plugin, tool);
    if (verb === undefined) return undefined;
    try {
      return await this.#run((code, given) => own(code.previews ?? {}, verb)(args, given), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw new PyraError('plugin/crashed', wordsOf(error));
    }
  }

  async handlers(): ReturnType<OpenPlugin['handlers']> {
    try {
      const { tools, previews = {}, check } = this.#loaded();
      return { tools: Object.keys(tools), previews: Object.keys(previews), check: check !== undefined };
    } catch (error) {
      throw new PyraError('plugin/crashed', wordsOf(error));
    }
  }

  async check(account: PluginAccount, signal: AbortSignal, progress: (text: string) => void): Promise<string> {
    try {
      return await this.#run((code, given) => own({ check: code.check }, 'check')(account, given), signal, progress);
    } catch (error) {
      signal.throwIfAborted();
      throw new PyraError('plugin/crashed', wordsOf(error));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#code = undefined;
    this.#stopIdle();
  }

  async #run<T>(
    action: (code: InMemoryPlugin, context: InMemoryContext) => T | Promise<T>,
    signal: AbortSignal,
    progress: (text: string) => void = () => undefined,
  ): Promise<T> {
    const { desk, plugin } = this.#parts;
    const accounts = (await desk.settings()) as Readonly<Record<string, JsonObject>>;
    signal.throwIfAborted();
    const code = this.#loaded();
    this.#stopIdle();
    const given: InMemoryContext = {
      settings: accounts[MAIN_ACCOUNT] ?? {},
      accounts,
      secrets: {
        get: async (name) => (await told(desk.secret(name)))?.reveal(),
        set: (name, value) => told(desk.setSecret(name, new Secret(value))),
      },
      dataDir: plugin.dataFolder,
      log: () => undefined,
      progress,
      signal,
    };
    const work = (async () => action(code, given))();
    this.#running += 1;
    void work
      .catch(() => undefined)
      .then(() => {
        this.#running -= 1;
        if (this.#running === 0) this.#waitIdle();
      });
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      aborted.reject(signal.reason);
      this.#mustAnswer(work);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([work, aborted.promise]);
    } catch (error) {
      if (error instanceof InMemoryCrash) await this.#crash(error.message);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #loaded(): InMemoryPlugin {
    if (this.#closed) throw new InMemoryCrash('the plugin was closed');
    if (this.#blocked !== undefined) throw new InMemoryCrash(`it ${NOT_RUN}: ${this.#blocked}`);
    this.#code ??= this.#parts.load();
    return this.#code;
  }

  #mustAnswer(work: Promise<unknown>): void {
    const { signal, dispose } = this.#parts.system.deadline([], CANCEL_MS);
    signal.addEventListener('abort', () => void this.#crash('did not stop when it was told to'), { once: true });
    void work.catch(() => undefined).then(dispose);
  }

  #waitIdle(): void {
    const { signal, dispose } = this.#parts.system.deadline([], IDLE_MS);
    signal.addEventListener('abort', () => {
      this.#code = undefined;
    });
    this.#stopIdle = dispose;
  }

  async #crash(reason: string): Promise<void> {
    const now = millisecondsOf(this.#parts.system.now());
    this.#code = undefined;
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES_MS), now];
    if (this.#crashes.length < MAX_CRASHES) return;
    this.#blocked = `it crashed ${MAX_CRASHES} times within a minute; the last time it ${reason}`;
    await this.#parts.desk.block(this.#blocked);
  }
}

function own<Handlers extends object, Name extends keyof Handlers & string>(handlers: Handlers, name: Name): NonNullable<Handlers[Name]> {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (handler === undefined || handler === null) throw new TypeError('there is no such handler');
  return handler;
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}\n[cut: the first ${MAX_TEXT} of ${text.length} bytes]`;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it threw what is no error';
  return ['ToolFailure', 'InMemoryCrash', 'PyraError'].includes(error.name) ? error.message : `${error.name}: ${error.message}`;
}

/** What a desk refuses reaches the plugin as a failure to be expected, with what to do. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isPyraError(error)) throw error;
    const text = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
    throw Object.assign(new Error(text), { name: 'ToolFailure' });
  }
}
