import { resolve } from 'node:path';
import { readPassphraseFile } from '../../adapters/support/passphrase-file.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import { type Instant, isSecretName, type SecretName } from '../../core/domain/identifiers.js';
import type { Secret } from '../../core/domain/secret.js';
import { visible } from '../../core/domain/untrusted.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { UnlockAgentState } from '../../ports/unlock-agent.js';
import { passphraseAsker } from './ask-passphrase.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { newPassphrase } from './open-vault.js';
import { spanOfTime } from './span-of-time.js';
import { newValue } from './vault-value.js';
import { wholeNumber } from './whole-number.js';

const UNLOCK_FOR = '8h';
const MAX_ATTEMPTS = 3;
const PASSPHRASE = 'The passphrase is asked for on the terminal, or read from the file that PYRA_VAULT_PASSPHRASE_FILE names.';

/** `pyra vault …`: the secrets, and who may open them. */
export const commands: readonly Command[] = [
  {
    noun: 'vault',
    verb: 'init',
    summary: 'make the vault, or mend one that lost its mark',
    flags: [
      { name: 'recover', summary: 'write a lost vault/.vault_lock again, once the passphrase has opened the vault' },
      { name: 'passphrase-file', value: 'FILE', summary: 'the passphrase, in a file that only you can read' },
      { name: 'work-factor', value: 'N', summary: 'how costly a guess is: 18 takes 256 MB, 16 takes 64 MB' },
    ],
    examples: ['pyra vault init', 'pyra vault init --recover'],
    details: `${PASSPHRASE} Nobody can restore it.`,
    run: init,
  },
  {
    noun: 'vault',
    verb: 'set',
    summary: 'store a secret',
    words: '<name> [-]',
    flags: [
      { name: 'from-file', value: 'FILE', summary: 'the value is the content of a file' },
      { name: 'from-env', value: 'NAME', summary: 'the value is that of a variable' },
      { name: 'short', summary: 'accept a value of fewer than 8 bytes, which cannot be kept out of logs and answers' },
    ],
    examples: ['pyra vault set openai', 'pass show openai | pyra vault set openai -', 'pyra vault set openai --from-file key.txt'],
    details: 'One line break at the end of the value is dropped. No value is ever taken from the command line.',
    run: set,
  },
  {
    noun: 'vault',
    verb: 'get',
    summary: 'print a secret',
    words: '<name>',
    flags: [{ name: 'reveal', summary: 'print it on a terminal too' }],
    examples: ['pyra vault get openai | wl-copy', 'pyra vault get openai --reveal'],
    run: get,
  },
  { noun: 'vault', verb: 'list', summary: 'the names of the secrets', examples: ['pyra vault list'], run: list },
  { noun: 'vault', verb: 'rm', summary: 'remove a secret', words: '<name>', examples: ['pyra vault rm openai'], run: remove },
  { noun: 'vault', verb: 'status', summary: 'whether it is open, and for how long', examples: ['pyra vault status'], run: status },
  { noun: 'vault', verb: 'lock', summary: 'close it: ends the unlock agent', examples: ['pyra vault lock'], run: lock },
  {
    noun: 'vault',
    verb: 'unlock',
    summary: 'hold it open for a while',
    flags: [{ name: 'for', value: 'TIME', summary: `how long at most, such as 30m or 8h (default ${UNLOCK_FOR}, at most 7d)` }],
    examples: ['pyra vault unlock', 'pyra vault unlock --for 30m'],
    details: `Starts the unlock agent, a small process that gives single secrets to Pyra; it ends after 30 minutes without use. ${PASSPHRASE}`,
    run: unlock,
  },
];

async function init(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const foundation = await context.openFoundation();
  // A home that has lost its mark is refused everywhere else; this command is what mends it.
  await prepare(context, foundation).catch((error: unknown) => {
    if (!isPyraError(error, 'vault/absent')) throw error;
  });
  const { vault } = foundation;
  const state = await vault.status();
  if (args.has('recover')) {
    if (state === 'absent') {
      throw new PyraError('vault/absent', 'there is no vault/keyring.age to recover', { hint: 'restore vault/ from a backup' });
    }
    const given = args.value('passphrase-file');
    if (given !== undefined) await vault.recover(await readPassphraseFile(resolve(context.cwd, given)));
    else await withPassphrase(context, (passphrase) => vault.recover(passphrase));
  } else {
    if (state !== 'absent') throw new PyraError('usage', 'there is a vault already', { hint: 'to add a secret: pyra vault set NAME' });
    const workFactor = args.value('work-factor') === undefined ? undefined : wholeNumber(args, 'work-factor', 18);
    if (workFactor !== undefined && (workFactor < 15 || workFactor > 20)) throw new PyraError('usage', '--work-factor is from 15 to 20');
    if (context.globals.dryRun) return told(context, 'would make the vault', {});
    const passphrase = await newPassphrase(context, args.value('passphrase-file'));
    await vault.create(passphrase, workFactor === undefined ? {} : { workFactor });
  }
  await prepare(context, foundation);
  return told(context, args.has('recover') ? 'the vault is whole again' : 'the vault is made; to add a secret: pyra vault set NAME', {
    vault: 'ready',
  });
}

async function set(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const name = secretName(args);
  const value = await newValue(context, args);
  const foundation = await opened(context);
  if ((await foundation.vault.status()) === 'absent') {
    throw new PyraError('vault/absent', 'there is no vault yet', { hint: 'make one: pyra vault init' });
  }
  if (context.globals.dryRun) return told(context, `would store ${name}`, { name });
  await foundation.vault.set(name, value);
  return told(context, `stored: ${name}`, { stored: name });
}

async function get(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const name = secretName(args);
  const onTerminal = context.stdout.isTTY === true;
  if (onTerminal && !args.has('reveal')) {
    throw new PyraError('usage', 'a secret is not printed on a terminal', { hint: 'add --reveal if nobody else can see the screen' });
  }
  const { vault } = await opened(context);
  const value = await vault.get(name);
  if (value === undefined) throw unknown(name);
  if (context.globals.json) context.printJson({ name, value: value.reveal() });
  else context.print(onTerminal ? visible(value.reveal()) : value.reveal());
  return EXIT.ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const names = await (await opened(context)).vault.names();
  if (context.globals.json) context.printJson({ names });
  else if (names.length === 0) context.say('no secrets yet; to add one: pyra vault set NAME');
  else for (const name of names) context.print(name);
  return EXIT.ok;
}

async function remove(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const name = secretName(args);
  const { vault } = await opened(context);
  if (!(await vault.names()).includes(name)) throw unknown(name);
  if (context.globals.dryRun) return told(context, `would remove ${name}`, { name });
  if (!context.globals.yes) {
    const prompter = await context.openPrompter();
    if (!(await prompter.confirm({ message: `remove ${name} for good?`, flag: '--yes' }))) return EXIT.failure;
  }
  if (!(await vault.delete(name))) throw unknown(name);
  return told(context, `removed: ${name}`, { removed: name });
}

async function status(context: CommandContext): Promise<ExitCode> {
  const { vault, unlockAgent } = await context.openFoundation();
  const [state, names, agent] = [await vault.status(), await vault.names(), await unlockAgent.status()];
  if (context.globals.json) {
    context.printJson({
      status: state,
      secrets: names.length,
      agent: agent === undefined ? null : { until: agent.until, idle_until: agent.idleUntil },
    });
    return EXIT.ok;
  }
  const hint = state === 'absent' ? ' (make it: pyra vault init)' : '';
  context.print(`vault:   ${state}${hint}`);
  context.print(`secrets: ${names.length}`);
  context.print(`agent:   ${agent === undefined ? 'not running' : lifetime(agent)}`);
  return EXIT.ok;
}

async function lock(context: CommandContext): Promise<ExitCode> {
  const { vault, unlockAgent } = await context.openFoundation();
  await vault.lock();
  const ended = await unlockAgent.stop();
  return told(context, ended ? 'locked: the unlock agent has ended' : 'locked: no unlock agent was running', {
    locked: true,
    agent_ended: ended,
  });
}

async function unlock(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const forMs = spanOfTime(args.value('for') ?? UNLOCK_FOR);
  const { vault, unlockAgent } = await opened(context);
  if ((await vault.status()) === 'absent') {
    throw new PyraError('vault/absent', 'there is no vault yet', { hint: 'make one: pyra vault init' });
  }
  const state = await withPassphrase(context, (passphrase) => unlockAgent.start(passphrase, forMs));
  return told(context, `the vault is open ${lifetime(state)}`, { until: state.until, idle_until: state.idleUntil });
}

/** Asks for the passphrase and tries it, again after a wrong one where there is somebody to ask. */
async function withPassphrase<T>(context: CommandContext, use: (passphrase: Secret) => Promise<T>): Promise<T> {
  const ask = passphraseAsker(context);
  let wrong: unknown;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const passphrase = await ask(attempt);
    if (passphrase === undefined) break;
    try {
      return await use(passphrase);
    } catch (error) {
      if (!isPyraError(error, 'vault/wrong-passphrase')) throw error;
      wrong = error;
    }
  }
  throw (
    wrong ??
    new PyraError('usage', 'there is no terminal to type the passphrase at', { hint: 'name a file with it in PYRA_VAULT_PASSPHRASE_FILE' })
  );
}

async function opened(context: CommandContext): Promise<Foundation> {
  const foundation = await context.openFoundation();
  await prepare(context, foundation);
  return foundation;
}

async function prepare(context: CommandContext, { home, log, system }: Foundation): Promise<void> {
  for (const { label, message } of await home.prepare()) {
    context.say(`pyra: ${message}`);
    await log.append({ log: 'security', event: label, at: system.now(), detail: { message } });
  }
}

function secretName({ words: [name = ''] }: ParsedArguments): SecretName {
  if (isSecretName(name)) return name;
  throw new PyraError('usage', 'this is not a name for a secret', {
    hint: 'a name has letters, digits and . _ : @ + -, starts with a letter or digit, and has at most 128 characters',
  });
}

function unknown(name: SecretName): PyraError {
  return new PyraError('not-found', `there is no secret ${name}`, { hint: 'see pyra vault list' });
}

function lifetime({ until, idleUntil }: UnlockAgentState): string {
  const clock = (at: Instant): string => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const day = new Date(until).toDateString() === new Date(idleUntil).toDateString() ? '' : ` on ${until.slice(0, 10)}`;
  return until === idleUntil ? `until ${clock(until)}` : `until ${clock(until)}${day}, or ${clock(idleUntil)} if it is not used`;
}

function told(context: CommandContext, text: string, json: Parameters<CommandContext['printJson']>[0]): ExitCode {
  if (context.globals.json) context.printJson(json);
  else context.say(text);
  return EXIT.ok;
}
