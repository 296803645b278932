import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { readPassphraseFile } from '../../adapters/support/passphrase-file.js';
import type { Secret } from '../../core/domain/secret.js';
import type { VaultLock } from '../../ports/vault.js';
import type { CommandContext, ParsedArguments } from './command.js';

const FLAG = '--passphrase-file FILE';
const SHORTEST = 8;
/** Opening a vault takes 256 MB at the usual work factor and 64 MB at the small one. */
const SMALL_MACHINE = 1024 ** 3;
const SMALL_WORK_FACTOR = 16;

/**
 * Makes the vault when there is none, and opens it when `--passphrase-file` says how; else the vault asks by itself when something is put in.
 * A new passphrase comes from that file, from `PYRA_VAULT_PASSPHRASE_FILE`, or from the person, twice.
 */
export async function openVaultForWriting(context: CommandContext, args: ParsedArguments, vault: VaultLock): Promise<void> {
  const file = args.value('passphrase-file');
  const absent = (await vault.status()) === 'absent';
  const path = file ?? (absent ? context.env.PYRA_VAULT_PASSPHRASE_FILE : undefined);
  const given = path === undefined || path === '' ? undefined : await readPassphraseFile(resolve(context.cwd, path));
  if (!absent) {
    if (given !== undefined) await vault.unlock(given);
    return;
  }
  const passphrase = given ?? (await newPassphrase(context));
  context.say('making the vault …');
  await vault.create(passphrase, totalmem() < SMALL_MACHINE ? { workFactor: SMALL_WORK_FACTOR } : undefined);
}

async function newPassphrase(context: CommandContext): Promise<Secret> {
  const prompter = await context.openPrompter();
  for (;;) {
    const message = `A passphrase for your vault (at least ${SHORTEST} characters; nobody can restore it)`;
    const first = await prompter.secret({ message, flag: FLAG });
    if (first.reveal().length < SHORTEST) {
      context.say(`it needs at least ${SHORTEST} characters`);
      continue;
    }
    const second = await prompter.secret({ message: 'The same once more', flag: FLAG });
    if (first.reveal() === second.reveal()) return first;
    context.say('the two are not the same');
  }
}
