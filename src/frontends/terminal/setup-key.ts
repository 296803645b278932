import { resolve } from 'node:path';
import { readSecretFile } from '../../adapters/support/passphrase-file.js';
import { PyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import type { ProviderInfo } from '../../core/domain/model.js';
import { Secret } from '../../core/domain/secret.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { openVaultForWriting } from './open-vault.js';

/** The second question: the key. What is found or typed goes into the vault, under the provider's id; nothing when none is needed. */
export async function settleKey(
  context: CommandContext,
  args: ParsedArguments,
  foundation: Foundation,
  provider: ProviderInfo,
): Promise<void> {
  const key = await chooseKey(context, args, foundation, provider);
  if (key === undefined) return;
  await openVaultForWriting(context, args, foundation.vault);
  await foundation.vault.set(provider.id as SecretName, key);
  context.say(`the key is in the vault, as ${provider.id}`);
}

/** Asks for another key after the provider refused one; `undefined` when the person gives up. */
export async function askKeyAgain(context: CommandContext, provider: ProviderInfo): Promise<Secret | undefined> {
  const prompter = await context.openPrompter();
  const key = trimmed(
    await prompter.secret({ message: `Another key for ${provider.displayName} (Enter to keep it as it is)`, flag: '--key-file FILE' }),
  );
  return key.reveal() === '' ? undefined : key;
}

async function chooseKey(
  context: CommandContext,
  args: ParsedArguments,
  foundation: Foundation,
  provider: ProviderInfo,
): Promise<Secret | undefined> {
  const { value, has } = args;
  const ways = ['key-from-env', 'key-file', 'no-key'].filter((flag) => has(flag));
  if (ways.length > 1) throw new PyraError('usage', `choose one of ${ways.map((flag) => `--${flag}`).join(' and ')}`);
  if (has('no-key')) return undefined;
  const variable = value('key-from-env');
  if (variable !== undefined) return keyFromEnvironment(context, variable);
  const file = value('key-file');
  if (file !== undefined)
    return checkedKey(await readSecretFile(resolve(context.cwd, file), { what: 'the key file', maxBytes: 65_536, strict: false }));
  const stored = (await foundation.vault.status()) !== 'absent' && (await foundation.vault.names()).includes(provider.id as SecretName);
  if (!context.interactive) {
    if (!provider.needsKey || stored) return undefined;
    throw new PyraError('usage', `${provider.displayName} needs a key`, {
      hint: 'answer it with --key-from-env NAME or --key-file FILE, or --no-key to store none now',
    });
  }
  return provider.needsKey || provider.group === 'other' ? askKey(context, provider, stored) : undefined;
}

async function askKey(context: CommandContext, provider: ProviderInfo, stored: boolean): Promise<Secret | undefined> {
  const prompter = await context.openPrompter();
  if (stored && (await prompter.confirm({ message: 'Keep the key that is in the vault?', flag: '--key-file FILE', initial: true })))
    return undefined;
  const variable = provider.keyVariable;
  if (variable !== undefined && context.env[variable]) {
    const message = `${variable} is set. Move its key into the vault?`;
    if (await prompter.confirm({ message, flag: '--key-from-env NAME', initial: true })) return keyFromEnvironment(context, variable);
  }
  const optional = provider.needsKey ? '' : ' (Enter for none)';
  const key = trimmed(
    await prompter.secret({ message: `Key for ${provider.displayName}${optional}; it is not shown`, flag: '--key-file FILE' }),
  );
  if (key.reveal() === '' && !provider.needsKey) return undefined;
  return checkedKey(key);
}

function keyFromEnvironment(context: CommandContext, variable: string): Secret {
  const value = context.env[variable];
  if (!value)
    throw new PyraError('usage', 'the variable that --key-from-env names is not set', { hint: 'export it, or use --key-file FILE' });
  context.say('remember to remove the variable where it is set: a variable can be read by every program that you start');
  return checkedKey(trimmed(new Secret(value)));
}

function trimmed(key: Secret): Secret {
  return new Secret(key.reveal().trim());
}

function checkedKey(key: Secret): Secret {
  if (key.reveal().length < 8) throw new PyraError('usage', 'a key has at least 8 characters', { hint: 'run pyra setup again' });
  return key;
}
