import { PyraError } from '../../core/domain/errors.js';
import type { ProviderInfo } from '../../core/domain/model.js';
import type { Settings } from '../../core/domain/settings.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { System } from '../../ports/system.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { findLocalServers, type LocalServer } from './local-servers.js';
import { nearest } from './nearest.js';
import type { Choice } from './prompter.js';
import { visibleLine } from './visible-line.js';

/** Where the model will be reached. */
export interface ChosenProvider {
  readonly provider: ProviderInfo;
  /** The person's own address; absent for that of the table. */
  readonly baseUrl?: string;
  /** The model that is offered first. */
  readonly initialModel?: string;
}

/** What the first question is asked with. */
interface ProviderSources {
  readonly catalog: ModelCatalog;
  readonly system: System;
  readonly before: Settings;
}

type Care = Settings['plugins']['require_approval'];

/** The most models that are offered as a list. */
const MAX_LISTED = 30;

/** The first question: the provider, local servers that were found first; `demo` when the person wants to look around before. */
export async function chooseProvider(
  context: CommandContext,
  args: ParsedArguments,
  sources: ProviderSources,
): Promise<ChosenProvider | 'demo'> {
  const { catalog, before } = sources;
  const given = args.value('provider') ?? (args.value('base-url') === undefined ? undefined : 'openai-compatible');
  if (given !== undefined) return withAddress(context, args, rowOf(catalog, given), before);
  const prompter = await context.openPrompter();
  if (!context.interactive) return demandFlag(context);
  context.say('Looking for model servers on this machine …');
  const servers = await findLocalServers(catalog, sources.system, context.signal);
  const answer = await prompter.select({
    message: 'Which provider answers?',
    flag: '--provider ID',
    choices: providerChoices(catalog.providers(), servers, context.env),
    initial: initialProvider(before, servers, catalog.providers(), context.env),
  });
  if (answer === 'demo') return 'demo';
  const chosen = await withAddress(context, args, rowOf(catalog, answer), before);
  const first = servers.find(({ provider }) => provider.id === answer)?.models[0];
  return chosen.initialModel === undefined && first !== undefined ? { ...chosen, initialModel: first } : chosen;
}

/** The third question: the model, from the list that the provider gave where it is short enough. */
export async function chooseModelName(
  context: CommandContext,
  args: ParsedArguments,
  chosen: ChosenProvider,
  models: readonly string[],
): Promise<string> {
  const given = args.value('model');
  if (given !== undefined && given.trim() !== '') return given;
  const initial = chosen.initialModel ?? (models.length === 1 ? models[0] : undefined);
  if (!context.interactive) {
    if (initial !== undefined) return initial;
    throw new PyraError('usage', 'which model?', { hint: `answer it with --model NAME${some(models)}` });
  }
  const prompter = await context.openPrompter();
  if (models.length > 0 && models.length <= MAX_LISTED) {
    const choices = models.map((id): Choice<string> => ({ value: id, title: visibleLine(id) }));
    return prompter.select({ message: 'Which model?', flag: '--model NAME', choices, ...(initial === undefined ? {} : { initial }) });
  }
  return prompter.text({
    message: `Which model?${some(models)}`,
    flag: '--model NAME',
    ...(initial === undefined ? {} : { initial }),
    check: (answer) => (answer.trim() === '' ? 'a name is needed' : undefined),
  });
}

/** The fourth question: before which calls the person is asked. */
export async function chooseCare(context: CommandContext, args: ParsedArguments, before: Settings): Promise<Care> {
  const given = args.value('approval');
  const initial = before.plugins.require_approval;
  if (given === 'effects' || given === 'every-call') return given;
  if (given !== undefined) throw new PyraError('usage', '--approval is effects or every-call');
  if (!context.interactive) return initial;
  const prompter = await context.openPrompter();
  return prompter.select<Care>({
    message: 'When does it ask you before it acts?',
    flag: '--approval HOW',
    choices: [
      { value: 'effects', title: 'before it writes, sends or deletes anything', description: 'reading your notes needs no question' },
      { value: 'every-call', title: 'before every call of a tool' },
    ],
    initial,
  });
}

async function withAddress(
  context: CommandContext,
  args: ParsedArguments,
  provider: ProviderInfo,
  before: Settings,
): Promise<ChosenProvider> {
  const same = before.ai.provider_id === provider.id;
  const initialModel = (same ? before.ai.model : undefined) ?? provider.defaultModel;
  const model = initialModel === undefined ? {} : { initialModel };
  const given = args.value('base-url');
  const known = given ?? (same ? before.ai.base_url : undefined);
  if (provider.baseUrl !== undefined || given !== undefined) {
    return { provider, ...model, ...(known === undefined ? {} : { baseUrl: known }) };
  }
  const prompter = await context.openPrompter();
  if (!context.interactive && known !== undefined) return { provider, baseUrl: known, ...model };
  const baseUrl = await prompter.text({
    message: 'Where is its API? (such as https://models.example.org/v1)',
    flag: '--base-url URL',
    ...(known === undefined ? {} : { initial: known }),
    check: (answer) => (URL.canParse(answer) && /^https?:/.test(answer) ? undefined : 'an address that starts with https:// or http://'),
  });
  return { provider, baseUrl, ...model };
}

function providerChoices(
  providers: readonly ProviderInfo[],
  servers: readonly LocalServer[],
  env: CommandContext['env'],
): readonly Choice<string>[] {
  const running = servers.map(({ provider, models }) => ({
    value: provider.id,
    title: `${provider.displayName}, running on this machine`,
    description: models.length === 0 ? 'it has no model yet' : visibleLine(models.slice(0, 4).join(', ')),
  }));
  const rest = providers.filter(({ id }) => !servers.some(({ provider }) => provider.id === id));
  const others = rest.map(({ id, displayName, keyVariable, group }) => ({
    value: id,
    title: displayName,
    ...(hasKey(env, keyVariable) ? { description: `${keyVariable} is set` } : {}),
    ...(group === 'local' ? { description: 'on this machine; not running now' } : {}),
  }));
  return [...running, { value: 'demo', title: 'no model yet: show me', description: 'a short tour, offline' }, ...others];
}

function initialProvider(
  before: Settings,
  servers: readonly LocalServer[],
  providers: readonly ProviderInfo[],
  env: CommandContext['env'],
): string {
  const withKey = providers.find(({ keyVariable }) => hasKey(env, keyVariable));
  return before.ai.provider_id ?? servers.find(({ models }) => models.length > 0)?.provider.id ?? withKey?.id ?? 'demo';
}

function hasKey(env: CommandContext['env'], variable: string | undefined): boolean {
  return variable !== undefined && Boolean(env[variable]);
}

function rowOf(catalog: ModelCatalog, id: string): ProviderInfo {
  const ids = catalog.providers().map((provider) => provider.id);
  const row = catalog.providers().find((provider) => provider.id === id);
  if (row !== undefined) return row;
  const near = nearest(id, ids);
  throw new PyraError('usage', 'there is no such provider', {
    hint: near === undefined ? `the providers are ${ids.join(', ')}` : `did you mean: --provider ${near}`,
  });
}

function demandFlag(context: CommandContext): never {
  throw new PyraError('usage', 'setup needs a terminal, or flags that answer its questions', {
    hint: `pyra setup --provider ID --model NAME --key-from-env NAME --passphrase-file FILE${context.globals.noInput ? ' --no-input' : ''}; without a model: pyra demo`,
  });
}

function some(models: readonly string[]): string {
  if (models.length === 0) return '';
  return ` (${models.slice(0, 5).map(visibleLine).join(', ')}${models.length > 5 ? ', …' : ''})`;
}
