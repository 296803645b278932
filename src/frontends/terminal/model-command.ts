import { configuredModel } from '../../core/domain/configured-model.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { ModelRef } from '../../core/domain/model.js';
import type { Settings } from '../../core/domain/settings.js';
import type { Pyra } from '../../core/usecases/pyra.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { Command, CommandContext, FlagSpec, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { chooseModel } from './model-choice.js';
import { nearest } from './nearest.js';
import { visibleLine } from './visible-line.js';

const WHERE: readonly FlagSpec[] = [
  { name: 'provider', value: 'ID', summary: 'the provider, so that the whole word is the model' },
  { name: 'base-url', value: 'URL', summary: 'where the API is, if not at the usual address' },
];

/** `pyra model`: which models there are, which one answers, and whether it does. */
export const commands: readonly Command[] = [
  {
    noun: 'model',
    verb: 'list',
    summary: 'the models of the provider in use, or of another one',
    words: '[provider]',
    flags: WHERE.filter(({ name }) => name === 'base-url'),
    examples: ['pyra model list', 'pyra model list ollama', 'pyra model list --json'],
    details: 'Asks the provider for its list, which costs nothing. With nothing configured it shows the providers.',
    run: list,
  },
  {
    noun: 'model',
    verb: 'use',
    summary: 'choose the model that answers',
    words: '<model>',
    flags: [...WHERE, { name: 'no-check', summary: 'take it without asking the provider whether it exists' }],
    examples: ['pyra model use gpt-5.5', 'pyra model use anthropic/claude-sonnet-5', 'pyra model use mistral'],
    details: 'MODEL, PROVIDER/MODEL, or PROVIDER for its usual model.',
    run: use,
  },
  {
    noun: 'model',
    verb: 'test',
    summary: 'see whether the model can be reached',
    words: '[model]',
    flags: [...WHERE, { name: 'chat', summary: 'ask it for one token as well, which may cost money' }],
    examples: ['pyra model test', 'pyra model test --chat', 'pyra model test ollama/qwen3'],
    run: test,
  },
];

async function list(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const pyra = await context.openPyra();
  const current = configuredModel(await pyra.settings.load());
  const provider = args.words[0] ?? current?.provider;
  if (provider === undefined) return listProviders(context, pyra.models);
  const baseUrl = args.value('base-url') ?? (provider === current?.provider ? current.baseUrl : undefined);
  const ids = await pyra.models.models({ provider, ...(baseUrl === undefined ? {} : { baseUrl }) }, context.signal);
  const inUse = (id: string): boolean => provider === current?.provider && id === current.model;
  if (context.globals.json) {
    context.printJson({ provider, models: ids.map((id) => ({ id, current: inUse(id) })) });
    return EXIT.ok;
  }
  for (const id of ids) context.print(`${inUse(id) ? '*' : ' '} ${visibleLine(id)}`);
  if (ids.length === 0) context.say(`${provider} lists no models`);
  else if (provider === current?.provider && !ids.some(inUse)) context.say(`the model in use, ${current.model}, is not among them`);
  return EXIT.ok;
}

function listProviders(context: CommandContext, catalog: ModelCatalog): ExitCode {
  const providers = catalog.providers();
  if (context.globals.json) {
    const rows = providers.map(({ id, displayName, group, needsKey, defaultModel }) => ({
      id,
      displayName,
      group,
      needsKey,
      defaultModel: defaultModel ?? null,
    }));
    context.printJson({ provider: null, providers: rows });
    return EXIT.ok;
  }
  context.say('no model is configured yet; the providers are:');
  const width = Math.max(...providers.map(({ id }) => id.length));
  for (const { id, displayName, defaultModel } of providers) {
    context.print(`${id.padEnd(width)}  ${displayName}${defaultModel === undefined ? '' : ` (${defaultModel})`}`);
  }
  context.say('choose one with: pyra setup, or: pyra model use PROVIDER/MODEL');
  return EXIT.ok;
}

async function use(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const pyra = await context.openPyra();
  const before = await pyra.settings.load();
  const ref = await chosen(context, args, pyra, before);
  const checked = !args.has('no-check') && (await check(context, pyra.models, ref));
  // Tells a missing base URL and an unknown provider without asking anybody.
  if (!checked) await pyra.models.open(ref);
  const { provider_id: _provider, model: _model, base_url: _baseUrl, ...rest } = before.ai;
  const ai = { ...rest, provider_id: ref.provider, model: ref.model, ...(ref.baseUrl === undefined ? {} : { base_url: ref.baseUrl }) };
  const keys = (['provider_id', 'model', 'base_url'] as const).filter((key) => before.ai[key] !== (ai as Settings['ai'])[key]);
  const changes = keys.map((key) => `ai.${key}: ${before.ai[key] ?? '(none)'} → ${(ai as Settings['ai'])[key] ?? '(none)'}`);
  if (keys.length > 0 && !context.globals.dryRun) {
    await pyra.settings.save({ ...before, ai });
    const detail = { keys: keys.map((key) => `ai.${key}`) };
    await pyra.log.append({ log: 'security', event: 'settings-changed', at: pyra.system.now(), detail });
  }
  if (context.globals.json) {
    const { provider, model, baseUrl } = ref;
    context.printJson({ provider, model, baseUrl: baseUrl ?? null, checked, changed: keys.map((key) => `ai.${key}`) });
    return EXIT.ok;
  }
  if (keys.length === 0) context.say(`${ref.provider}/${ref.model} is in use already`);
  for (const change of changes) context.say(`${context.globals.dryRun ? 'would change ' : ''}${visibleLine(change)}`);
  return EXIT.ok;
}

async function test(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const pyra = await context.openPyra();
  const settings = await pyra.settings.load();
  const ref = args.words[0] === undefined ? configuredModel(settings) : await chosen(context, args, pyra, settings);
  if (ref === undefined) {
    throw new PyraError('settings/invalid', 'no model is configured yet', { hint: 'run: pyra setup, or: pyra model use PROVIDER/MODEL' });
  }
  const begun = performance.now();
  const ids = await pyra.models.models(ref, context.signal);
  const listMs = Math.round(performance.now() - begun);
  const listed = ids.includes(ref.model);
  if (!listed && !namesDeployments(ref)) throw unlisted(ref, ids);
  const chat = args.has('chat') ? await askForOneToken(pyra, ref, context.signal) : undefined;
  if (context.globals.json) {
    const { provider, model } = ref;
    context.printJson({ provider, model, models: ids.length, listMs, ...(chat === undefined ? {} : { chat: { ...chat } }) });
    return EXIT.ok;
  }
  context.print(`${ref.provider} answers: ${ids.length} models in ${listMs} ms${listed ? `, ${ref.model} among them` : ''}`);
  if (chat !== undefined) context.print(`${ref.model} answers: first sign after ${chat.firstMs} ms, done after ${chat.totalMs} ms`);
  else context.say('add --chat to ask the model itself, which may cost money');
  return EXIT.ok;
}

async function askForOneToken(
  pyra: Pyra,
  ref: ModelRef,
  signal: AbortSignal,
): Promise<{ readonly firstMs: number; readonly totalMs: number }> {
  const model = await pyra.models.open(ref);
  const begun = performance.now();
  let first: number | undefined;
  const request = { system: '', messages: [{ role: 'user', text: 'Say hi.' }], tools: [], options: { max_tokens: 1 } } as const;
  for await (const _event of model.stream(request, signal)) first ??= performance.now();
  const end = performance.now();
  return { firstMs: Math.round((first ?? end) - begun), totalMs: Math.round(end - begun) };
}

function chosen(context: CommandContext, args: ParsedArguments, pyra: Pyra, settings: Settings): Promise<ModelRef> {
  const provider = args.value('provider');
  const baseUrl = args.value('base-url');
  const flags = { ...(provider === undefined ? {} : { provider }), ...(baseUrl === undefined ? {} : { baseUrl }) };
  return chooseModel(args.words[0] ?? '', flags, settings, pyra.models, context.signal);
}

/** Asks the provider whether it has the model: true if so, false (and a word on stderr) where it cannot be asked, an error where it has not. */
async function check(context: CommandContext, catalog: ModelCatalog, ref: ModelRef): Promise<boolean> {
  if (namesDeployments(ref)) return false;
  let ids: readonly string[];
  try {
    ids = await catalog.models(ref, context.signal);
  } catch (error) {
    if (!isPyraError(error)) throw error;
    context.say(`not checked: ${visibleLine(error.message)}`);
    if (error.hint !== undefined) context.say(visibleLine(error.hint));
    return false;
  }
  if (!ids.includes(ref.model)) throw unlisted(ref, ids);
  return true;
}

/** The models of Azure have the names that the person gave to the deployments; its list has the others. */
function namesDeployments(ref: ModelRef): boolean {
  return ref.provider === 'azure';
}

function unlisted(ref: ModelRef, ids: readonly string[]): PyraError {
  const near = nearest(ref.model, ids);
  const otherwise = `see: pyra model list ${ref.provider}; --no-check with \`model use\` takes it all the same`;
  return new PyraError('model/not-found', `${ref.provider} lists no model "${ref.model}"`, {
    hint: near === undefined ? otherwise : `did you mean: ${near}`,
  });
}
