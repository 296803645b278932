import type { ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { ToolMessage } from '../../core/domain/message.js';
import type { InstalledPlugin } from '../../core/domain/plugin.js';
import { MAIN_ACCOUNT, type ManifestTool } from '../../core/domain/plugin-manifest.js';
import { Redactor } from '../../core/domain/redaction.js';
import type { Secret } from '../../core/domain/secret.js';
import type { OpenPlugin, PluginDesk } from '../../ports/plugin-host.js';
import type { PersonsCall } from './call-tool.js';
import type { Trial } from './plugin-trial.js';
import { badArguments, fittingArguments } from './sample-arguments.js';

/** What a check of a plugin came to; a `note` is worth knowing and no failure. */
export interface ContractCheck {
  readonly check: string;
  readonly status: 'ok' | 'note' | 'failed';
  readonly message: string;
}

/** What the contract of a plugin is checked with. */
export interface ContractParts {
  readonly plugin: InstalledPlugin;
  readonly open: OpenPlugin;
  readonly trial: Trial;
  /** The desk that it was opened with. */
  readonly desk: ReturnType<typeof trialDesk>;
  /** Runs one tool, through a gate. */
  readonly run: (call: PersonsCall) => Promise<ToolMessage>;
  /** What the plugin wrote to its log so far. */
  readonly log: () => Promise<string>;
  readonly signal: AbortSignal;
}

const CALL_MS = 20_000;
/** How far the host's log may be behind. */
const LOG_MS = 60;
const POLL_MS = 100;
/** When a call is cancelled after it was made. */
const CANCEL_AFTER_MS = 30;
/** How long a plugin has to stop, and a little. */
const STOP_MS = 2_500;

const EXPECTED = 'throw a ToolFailure for what may go wrong, such as a server that is not reached (there is no network here)';

/** A desk that gives made-up secrets and answers, and keeps what it is told. */
export function trialDesk({ canaries, settings }: Trial): PluginDesk & { readonly blocked: () => string | undefined } {
  let blocked: string | undefined;
  const stored = new Map<string, Secret>(canaries);
  return {
    secret: async (name) => stored.get(name),
    setSecret: async (name, value) => void stored.set(name, value),
    settings: async () => settings,
    block: async (reason) => {
      blocked ??= reason;
    },
    blocked: () => blocked,
  };
}

/** The checks that every plugin has to pass, in order, each as soon as it is done. */
export async function* contractChecks(parts: ContractParts): AsyncGenerator<ContractCheck> {
  const { plugin, open, signal } = parts;
  const { manifest } = plugin;
  const declared = manifest.tools.map(({ name }) => name);
  let handlers: Awaited<ReturnType<OpenPlugin['handlers']>>;
  try {
    handlers = await open.handlers(signal);
  } catch (error) {
    signal.throwIfAborted();
    yield { check: 'handlers', status: 'failed', message: `the code does not start: ${messageOf(error)}` };
    return;
  }
  yield difference('handlers', 'tool', declared, handlers.tools);
  const previews = manifest.tools.filter(({ preview }) => preview).map(({ name }) => name);
  yield difference('previews', 'preview', previews, handlers.previews);
  for (const tool of manifest.tools) yield await argumentsCheck(parts, tool);
  const heard: string[] = [];
  for (const tool of manifest.tools.filter(({ name }) => handlers.tools.includes(name))) yield await callCheck(parts, tool, heard);
  if (handlers.check) {
    heard.push(
      await open.check(MAIN_ACCOUNT, AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]), (text) => heard.push(text)).catch(messageOf),
    );
  }
  heard.push(await parts.log());
  yield secretCheck(parts.trial, heard);
  yield await cancelCheck(parts, handlers.tools);
}

function difference(check: string, what: string, declared: readonly string[], present: readonly string[]): ContractCheck {
  const missing = declared.filter((name) => !present.includes(name));
  const extra = present.filter((name) => !declared.includes(name));
  if (missing.length + extra.length === 0) {
    return {
      check,
      status: 'ok',
      message: declared.length === 0 ? `no ${what}s, and none declared` : `the code has what is declared: ${declared.join(', ')}`,
    };
  }
  const faults = [
    ...missing.map((name) => `the manifest declares the ${what} ${name}, which the code does not have`),
    ...extra.map((name) => `the code has the ${what} ${name}, which the manifest does not declare`),
  ];
  return { check, status: 'failed', message: faults.join('; ') };
}

async function argumentsCheck(parts: ContractParts, tool: ManifestTool): Promise<ContractCheck> {
  const check = `arguments of ${tool.name}`;
  const refused: string[] = [];
  for (const { args, why } of badArguments(tool.parameters)) {
    const { result } = await call(parts, tool, args, parts.signal, []);
    if (result.outcome !== 'invalid') return { check, status: 'failed', message: `taken although ${why}` };
    refused.push(why);
  }
  if (refused.length === 0)
    return { check, status: 'note', message: 'its schema takes anything: say what it takes, with "additionalProperties": false' };
  return { check, status: 'ok', message: `refused: ${refused.join('; ')}` };
}

async function callCheck(parts: ContractParts, tool: ManifestTool, heard: string[]): Promise<ContractCheck> {
  const check = `call of ${tool.name}`;
  // What it refuses from now on says nothing about this tool.
  if (parts.desk.blocked() !== undefined) return { check, status: 'failed', message: 'not tried: it crashed too often before' };
  const answers: string[] = [];
  const seen: string[] = [];
  for (const which of ['all', 'required'] as const) {
    const args = fittingArguments(tool.parameters, which);
    if (seen.includes(JSON.stringify(args))) continue;
    seen.push(JSON.stringify(args));
    const before = (await parts.log()).length;
    const { result } = await call(parts, tool, args, parts.signal, heard);
    parts.signal.throwIfAborted();
    if (result.outcome === 'invalid') continue;
    if (result.outcome === 'failed' && (await isBreak(parts, before))) {
      return { check, status: 'failed', message: `it broke: ${result.text.slice(0, 600)}; ${EXPECTED}` };
    }
    if (result.outcome !== 'ok' && result.outcome !== 'failed') {
      return { check, status: 'failed', message: `${result.outcome}: ${result.text.slice(0, 600)}` };
    }
    answers.push(result.outcome === 'failed' ? `a failure: ${result.text.slice(0, 200)}` : 'an answer');
  }
  if (answers.length === 0)
    return { check, status: 'note', message: 'no fitting arguments could be made up; give its properties "examples"' };
  return { check, status: 'ok', message: answers.join('; ') };
}

function secretCheck({ canaries }: Trial, heard: readonly string[]): ContractCheck {
  const check = 'secrets';
  if (canaries.size === 0) return { check, status: 'ok', message: 'it is given none' };
  const redactor = new Redactor();
  for (const secret of canaries.values()) redactor.remember(secret);
  const leaks = heard.filter((text) => redactor.redact(text) !== text);
  if (leaks.length === 0) return { check, status: 'ok', message: `none in anything that it said (${heard.length} texts)` };
  return { check, status: 'failed', message: `in what it said: ${redactor.redact(leaks[0] ?? '').slice(0, 200)}` };
}

async function cancelCheck(parts: ContractParts, present: readonly string[]): Promise<ContractCheck> {
  const check = 'cancelling';
  let stopped = 0;
  for (const tool of parts.plugin.manifest.tools.filter(({ name }) => present.includes(name))) {
    const cancel = AbortSignal.any([parts.signal, AbortSignal.timeout(CANCEL_AFTER_MS)]);
    const { result } = await call(parts, tool, fittingArguments(tool.parameters, 'all'), cancel, []);
    parts.signal.throwIfAborted();
    if (result.outcome !== 'aborted') continue;
    stopped += 1;
    if (await isWritten(parts.log, NOT_STOPPED, STOP_MS)) {
      return { check, status: 'failed', message: `${tool.name} goes on when it is cancelled: use context.signal` };
    }
  }
  return { check, status: 'ok', message: stopped === 0 ? 'no call takes long enough to be cancelled' : 'a cancelled call stops' };
}

/** Runs a tool with a person's yes; everything that it says, its preview and its progress too, goes into `heard`. */
async function call(
  parts: ContractParts,
  tool: ManifestTool,
  args: JsonObject,
  signal: AbortSignal,
  heard: string[],
): Promise<ToolMessage> {
  const message = await parts.run({
    tool: `${parts.plugin.manifest.name}.${tool.name}` as ToolName,
    args,
    approver: {
      decide: async (request) => {
        heard.push(request.preview ?? '');
        return { outcome: 'allow', scope: 'once', by: 'rule' };
      },
    },
    signal,
    report: (event) => event.type === 'tool-progress' && heard.push(event.text),
    timeoutMs: CALL_MS,
  });
  const { result, provenance } = message;
  heard.push(result.text, JSON.stringify(result.data ?? null), provenance.kind === 'external' ? provenance.source : '');
  return message;
}

/** How the host writes down that a plugin had to be ended. */
const NOT_STOPPED = 'did not stop when it was told to';

/** Whether the host wrote down that a handler threw what is no `ToolFailure`, or that the process ended; the log is a moment behind. */
async function isBreak({ plugin, log }: ContractParts, before: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, LOG_MS));
  const { name } = plugin.manifest;
  const written = (await log()).slice(before).split('\n');
  const broke = new RegExp(`^\\S+ ${name}: (?:${name}\\.\\w+ broke: |ended with |was ended by |broke the protocol|used more than)`);
  return written.some((line) => broke.test(line));
}

/** Whether a text is in a log within a time in milliseconds. */
async function isWritten(log: () => Promise<string>, text: string, ms: number): Promise<boolean> {
  for (let waited = 0; waited <= ms; waited += POLL_MS) {
    if ((await log()).includes(text)) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
