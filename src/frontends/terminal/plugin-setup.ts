import type { JsonObject } from '../../core/domain/json.js';
import { visible } from '../../core/domain/untrusted.js';
import type { PluginSetup } from '../../core/usecases/setup-steps.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { openVaultForWriting } from './open-vault.js';
import { answersFromBefore, answersFromFlags, answersFromPerson } from './plugin-answers.js';
import { checkSetup, type SetupCheck } from './plugin-check.js';
import { installedPlugin } from './plugin-names.js';

/** `pyra plugin setup NAME`: the plugin's questions, and whether it works with the answers. */
export async function setUpPlugin(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const [name = ''] = args.words;
  const { plugins: shelf, vault } = await context.openPyra();
  await installedPlugin(shelf, name);
  for (let again = false; ; again = true) {
    const setup = await shelf.setup(name, args.value('account'));
    if (!again) await answersFromFlags(context, args, setup);
    if (setup.steps().length === 0) return asksNothing(context, setup);
    if (context.interactive) await answersFromPerson(context, setup);
    else await answersFromBefore(setup);
    if (context.globals.dryRun) return report(context, setup, { outcome: 'not-checked' }, true);
    if (setup.steps().some(({ question, relevant, answered }) => question.kind === 'secret' && relevant && answered)) {
      await openVaultForWriting(context, args, vault);
    }
    await setup.save();
    const check: SetupCheck = args.has('no-check') ? { outcome: 'not-checked' } : await checkSetup(context, shelf, setup);
    if (check.outcome !== 'failed' || !(await wantsAgain(context, check))) return report(context, setup, check, false);
  }
}

function asksNothing(context: CommandContext, setup: PluginSetup): ExitCode {
  const { name } = setup.plugin.manifest;
  if (context.globals.json) context.printJson({ name, account: setup.account, answers: {}, secrets: [], checked: false });
  else context.say(`${name} asks nothing: it works as it is`);
  return EXIT.ok;
}

/** After a failed check a person can answer again; the answers are kept either way, and are the defaults then. */
async function wantsAgain(context: CommandContext, { message }: Extract<SetupCheck, { outcome: 'failed' }>): Promise<boolean> {
  if (!context.interactive) return false;
  context.stderr.write(`${context.paint('stderr').yellow('it does not work yet:')} ${visible(message)}\n`);
  const prompter = await context.openPrompter();
  return prompter.confirm({ message: 'answer the questions again?', flag: '--no-input', initial: true });
}

function report(context: CommandContext, setup: PluginSetup, check: SetupCheck, dryRun: boolean): ExitCode {
  const { name } = setup.plugin.manifest;
  const code = check.outcome === 'failed' ? check.code : EXIT.ok;
  if (context.globals.json) {
    context.printJson({ name, account: setup.account, ...answersJson(setup), ...checkJson(check), ...(dryRun ? { dry_run: true } : {}) });
    return code;
  }
  const paint = context.paint('stderr');
  const whose = setup.plugin.manifest.accounts ? ` (account ${setup.account})` : '';
  context.say(`${dryRun ? 'would store' : 'stored'}: the answers of ${name}${whose}`);
  if (check.outcome === 'works') context.say(`${paint.green('it works:')} ${visible(check.message)}`);
  if (check.outcome === 'failed') {
    // Under --quiet the reason of an exit code still has to be told.
    const said = context.interactive ? '' : `${paint.yellow('it does not work yet:')} ${visible(check.message)}\n`;
    context.stderr.write(
      `${said}the answers are kept; correct them: pyra plugin setup ${name}${accountFlag(setup)}, or leave the trial out: --no-check\n`,
    );
  }
  return code;
}

function accountFlag({ plugin, account }: PluginSetup): string {
  return plugin.manifest.accounts ? ` --account ${account}` : '';
}

/** What is answered, secrets by their keys alone. */
function answersJson(setup: PluginSetup): JsonObject {
  const steps = setup.steps().filter(({ relevant, answered }) => relevant && answered);
  return {
    answers: Object.fromEntries(
      steps.flatMap(({ question, answer }) => (question.kind === 'secret' || answer === undefined ? [] : [[question.key, answer]])),
    ),
    secrets: steps.filter(({ question }) => question.kind === 'secret').map(({ question }) => question.key),
  };
}

function checkJson(check: SetupCheck): JsonObject {
  if (check.outcome === 'not-checked') return { checked: false };
  return { checked: true, works: check.outcome === 'works', message: check.message };
}
