import type { Settings } from '../../core/domain/settings.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { checkModelList } from './setup-check.js';
import { settleKey } from './setup-key.js';
import { chooseCare, chooseModelName, chooseProvider } from './setup-questions.js';
import { visibleLine } from './visible-line.js';

/** `pyra setup`: which model, with which key, and how careful. */
export const commands: readonly Command[] = [
  {
    noun: 'setup',
    summary: 'choose provider, key, model, and how careful Pyra is',
    flags: [
      { name: 'provider', value: 'ID', summary: 'the provider, such as openai, ollama or openai-compatible' },
      { name: 'base-url', value: 'URL', summary: 'where the API is, if not at the usual address' },
      { name: 'model', value: 'NAME', summary: 'the model' },
      { name: 'key-from-env', value: 'NAME', summary: 'move the key from this variable into the vault' },
      { name: 'key-file', value: 'FILE', summary: 'move the key from this file into the vault' },
      { name: 'no-key', summary: 'store no key' },
      { name: 'passphrase-file', value: 'FILE', summary: 'the passphrase of the vault, in a file that only you can read' },
      { name: 'approval', value: 'HOW', summary: 'effects (ask before what writes or sends) or every-call' },
    ],
    examples: [
      'pyra setup',
      'pyra setup --provider ollama --model qwen3 --no-key --no-input',
      'pyra setup --provider openai --key-from-env OPENAI_API_KEY --passphrase-file ~/.pass --no-input',
    ],
    details: `It asks at most four things, and only what no flag answers; run it again to change something. Local servers (Ollama, LM Studio,
llama.cpp, vLLM) on their usual ports are found. The check asks the provider for its list of models, which costs nothing.`,
    run: setup,
  },
];

async function setup(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const foundation = await context.openFoundation();
  const before = await foundation.settings.load();
  const catalog = await foundation.models(before);
  const chosen = await chooseProvider(context, args, { catalog, system: foundation.system, before });
  if (chosen === 'demo') return context.runCommand(['demo']);
  if (context.globals.dryRun) {
    context.say(`would set up ${chosen.provider.displayName}`);
    return EXIT.ok;
  }
  await foundation.home.prepare();
  await settleKey(context, args, foundation, chosen.provider);
  const check = await checkModelList(context, args, foundation, before, chosen);
  if (check === undefined) return EXIT.failure;
  const model = await chooseModelName(context, args, chosen, check.models);
  const care = await chooseCare(context, args, before);
  const { base_url: _, ...ai } = before.ai;
  const after: Settings = {
    ...before,
    ai: {
      ...ai,
      provider_id: chosen.provider.id,
      model,
      ...(chosen.baseUrl === undefined ? {} : { base_url: chosen.baseUrl }),
    },
    plugins: { ...before.plugins, require_approval: care },
  };
  await foundation.settings.save(after);
  const keys = ['ai.provider_id', 'ai.model', 'ai.base_url', 'plugins.require_approval'];
  await foundation.log.append({ log: 'security', event: 'settings-changed', at: foundation.system.now(), detail: { keys } });
  report(context, chosen.provider.id, model, check);
  return EXIT.ok;
}

function report(
  context: CommandContext,
  provider: string,
  model: string,
  check: { readonly models: readonly string[]; readonly warning?: string },
): void {
  const unlisted = check.models.length > 0 && !check.models.some((id) => id === model || id.startsWith(`${model}:`));
  const warning =
    check.warning ?? (unlisted ? `${provider} does not list the model ${model}; pyra model list shows what it has` : undefined);
  if (context.globals.json) {
    context.printJson({ provider, model, checked: check.warning === undefined, ...(warning === undefined ? {} : { warning }) });
    return;
  }
  const paint = context.paint('stderr');
  // On a terminal the check has said so already.
  const said = context.interactive && check.warning !== undefined;
  if (warning !== undefined && !said) context.say(`${paint.yellow('warning:')} ${visibleLine(warning)}`);
  context.say(`${paint.green('ready:')} ${visibleLine(`${provider}/${model}`)}. Talk with: pyra chat, or ask once: pyra ask "…"`);
}
