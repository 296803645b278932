import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { readPassphraseFile } from '../../adapters/support/passphrase-file.js';
import { PyraError } from '../../core/domain/errors.js';
import type { Secret } from '../../core/domain/secret.js';
import type { VaultLock } from '../../ports/vault.js';
import type { CommandContext, ParsedArguments } from './command.js';

const FLAG = '--passphrase-file FILE, or a file named in PYRA_VAULT_PASSPHRASE_FILE';
const SHORTEST = 8;
const WHY = `it needs at least ${SHORTEST} characters, since whoever gets a copy of the vault can try passphrases day and night`;
/** Opening a vault takes 256 MB at the usual work factor and 64 MB at the small one. */
const SMALL_MACHINE = 1024 ** 3;
const SMALL_WORK_FACTOR = 16;

/**
 * Makes the vault when there is none, and opens it when `--passphrase-file` says how; else the vault asks by itself when something is put in.
 * A new passphrase comes from that file, from `PYRA_VAULT_PASSPHRASE_FILE`, or from the person, twice.
 */
export async function openVaultForWriting(context: CommandContext, args: ParsedArguments, vault: VaultLock): Promise<void> {
  const file = args.value('passphrase-file');
  if ((await vault.status()) !== 'absent') {
    if (file !== undefined) await vault.unlock(await readPassphraseFile(resolve(context.cwd, file)));
    return;
  }
  const passphrase = await newPassphrase(context, file);
  context.say('making the vault …');
  await vault.create(passphrase, totalmem() < SMALL_MACHINE ? { workFactor: SMALL_WORK_FACTOR } : undefined);
}

/** A passphrase for a new vault: from `file`, from the file that `PYRA_VAULT_PASSPHRASE_FILE` names, or from the person, twice. */
export async function newPassphrase(context: CommandContext, file: string | undefined): Promise<Secret> {
  const path = file ?? context.env.PYRA_VAULT_PASSPHRASE_FILE;
  if (path) {
    const given = await readPassphraseFile(resolve(context.cwd, path));
    if (!isTooShort(given)) return given;
    throw new PyraError('usage', `the passphrase in that file is too short: ${WHY}`);
  }
  const prompter = await context.openPrompter();
  for (;;) {
    const message = `A passphrase for your vault (at least ${SHORTEST} characters; nobody can restore it)`;
    const first = await prompter.secret({ message, flag: FLAG });
    if (isTooShort(first)) {
      context.say(WHY);
      continue;
    }
    const second = await prompter.secret({ message: 'The same once more', flag: FLAG });
    if (first.reveal() === second.reveal()) return first;
    context.say('the two are not the same');
  }
}

function isTooShort(passphrase: Secret): boolean {
  return [...passphrase.reveal()].length < SHORTEST;
}
