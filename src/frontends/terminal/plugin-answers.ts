import { resolve } from 'node:path';
import { readSecretFile } from '../../adapters/support/passphrase-file.js';
import { PyraError } from '../../core/domain/errors.js';
import type { SetupQuestion } from '../../core/domain/plugin-manifest.js';
import { Secret } from '../../core/domain/secret.js';
import type { PluginSetup, SetupStep } from '../../core/usecases/setup-steps.js';
import { attachmentPath } from './attachment-path.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { nearest } from './nearest.js';
import type { Prompter } from './prompter.js';
import { visibleLine } from './visible-line.js';

const MAX_SECRET_BYTES = 65_536;

/** Gives a setup the answers that stand on the command line. Throws `usage`, and never repeats a value. */
export async function answersFromFlags(context: CommandContext, args: ParsedArguments, setup: PluginSetup): Promise<void> {
  for (const pair of args.values('set')) {
    const { question, value } = split(setup, 'set', pair);
    if (question.kind === 'secret') {
      throw new PyraError('usage', `${question.key} is a secret: on the command line it stays in the shell's history and shows in \`ps\``, {
        hint: `--secret-file ${question.key}=FILE or --secret-env ${question.key}=NAME`,
      });
    }
    await give(setup, question, question.kind === 'file' ? attachmentPath(value, context.cwd) : value);
  }
  for (const pair of args.values('secret-file')) {
    const { question, value } = secretOf(setup, 'secret-file', pair);
    const what = `the file for ${question.key}`;
    await give(setup, question, await readSecretFile(resolve(context.cwd, value), { what, maxBytes: MAX_SECRET_BYTES, strict: false }));
  }
  for (const pair of args.values('secret-env')) {
    const { question, value } = secretOf(setup, 'secret-env', pair);
    const text = context.env[value];
    if (!text) throw new PyraError('usage', `the variable for ${question.key} is not set, or empty`);
    await give(setup, question, new Secret(text));
  }
}

/** Asks whatever is left on the terminal; what was answered before is the default. */
export async function answersFromPerson(context: CommandContext, setup: PluginSetup): Promise<void> {
  const prompter = await context.openPrompter();
  const paint = context.paint('stderr');
  for (let step = setup.next(); step !== undefined; step = setup.next()) {
    const { question } = step;
    if (question.help !== undefined) context.say(paint.dim(visibleLine(question.help)));
    for (;;) {
      const fault = await setup.answer(question.key, await ask(context, prompter, step));
      if (fault === undefined) break;
      context.say(paint.yellow(visibleLine(fault)));
    }
  }
}

/** Where nobody can be asked: earlier answers and defaults stand, and what has none is named with the flags that answer it. */
export async function answersFromBefore(setup: PluginSetup): Promise<void> {
  const missing: string[] = [];
  const seen = new Set<string>();
  for (let step = setup.next(); step !== undefined && !seen.has(step.question.key); step = setup.next()) {
    const { question } = step;
    seen.add(question.key);
    if ((await setup.answer(question.key, '')) !== undefined) missing.push(question.key);
    if (missing.includes(question.key)) break;
  }
  const open = setup
    .steps()
    .filter(({ relevant, answered, question }) => relevant && !answered && question.optional !== true && !seen.has(question.key));
  const keys = [...missing, ...open.filter(({ question }) => question.default === undefined).map(({ question }) => question.key)];
  if (keys.length === 0) return;
  const flags = setup
    .steps()
    .filter(({ question }) => keys.includes(question.key))
    .map(({ question: { key, kind } }) =>
      kind === 'secret' ? `--secret-file ${key}=FILE` : `--set ${key}=${kind === 'file' ? 'FILE' : 'VALUE'}`,
    );
  throw new PyraError('usage', `not answered, and there is no terminal to ask on: ${keys.join(', ')}`, { hint: flags.join(' ') });
}

async function ask(context: CommandContext, prompter: Prompter, { question, answer, answered }: SetupStep): Promise<string | Secret> {
  const { key, kind, label, choices = [], optional } = question;
  const before = answer === undefined || answer === null ? question.default : String(answer);
  const title = visibleLine(label);
  const flag = kind === 'secret' ? `--secret-file ${key}=FILE` : `--set ${key}=VALUE`;
  const none = optional === true && before === undefined ? ' (Enter for none)' : '';
  switch (kind) {
    case 'secret':
      return prompter.secret({ message: `${title}${answered ? ' (Enter keeps what is in the vault)' : none}; it is not shown`, flag });
    case 'boolean':
      return String(await prompter.confirm({ message: title, flag, initial: /^(?:true|yes)$/i.test(before ?? '') }));
    case 'choice':
      return prompter.select({
        message: title,
        flag,
        choices: choices.map((value) => ({ value, title: visibleLine(value) })),
        ...(before === undefined ? {} : { initial: before }),
      });
    case 'file': {
      const path = await prompter.text({ message: `${title}${answered ? ' (Enter keeps the file)' : none || ' (a path)'}`, flag });
      return path === '' ? '' : attachmentPath(path, context.cwd);
    }
    default:
      return prompter.text({ message: `${title}${none}`, flag, ...(before === undefined ? {} : { initial: before }) });
  }
}

async function give(setup: PluginSetup, question: SetupQuestion, value: string | Secret): Promise<void> {
  const fault = await setup.answer(question.key, value);
  if (fault !== undefined) throw new PyraError('usage', `${question.key}: ${fault}`);
}

function split(setup: PluginSetup, flag: string, pair: string): { readonly question: SetupQuestion; readonly value: string } {
  const at = pair.indexOf('=');
  const form = flag === 'set' ? '--set KEY=VALUE' : `--${flag} KEY=${flag === 'secret-file' ? 'FILE' : 'NAME'}`;
  if (at < 1) throw new PyraError('usage', `--${flag} needs a key and what belongs to it`, { hint: form });
  const key = pair.slice(0, at);
  const questions = setup.steps().map((step) => step.question);
  const question = questions.find((candidate) => candidate.key === key);
  if (question !== undefined) return { question, value: pair.slice(at + 1) };
  const keys = questions.map((candidate) => candidate.key);
  const near = nearest(key, keys);
  throw new PyraError('usage', `--${flag} names a question that ${setup.plugin.manifest.name} does not ask`, {
    hint: near === undefined ? `its questions are: ${keys.join(', ')}` : `did you mean: ${near}`,
  });
}

function secretOf(setup: PluginSetup, flag: string, pair: string): ReturnType<typeof split> {
  const found = split(setup, flag, pair);
  if (found.question.kind !== 'secret') {
    throw new PyraError('usage', `${found.question.key} is no secret`, { hint: `--set ${found.question.key}=VALUE` });
  }
  return found;
}
