import { readPassphraseFile } from '../../adapters/support/passphrase-file.js';
import { askHidden } from '../../adapters/support/terminal/ask-hidden.js';
import { Secret } from '../../core/domain/secret.js';
import type { AskPassphrase } from '../../ports/vault.js';
import type { CommandContext } from './command.js';

/**
 * The passphrase of the vault, when a secret is needed: from the file that `PYRA_VAULT_PASSPHRASE_FILE` names, else from the person on the
 * terminal (`/dev/tty` while standard input is a pipe), else from nobody.
 */
export function passphraseAsker(context: CommandContext): AskPassphrase {
  return async (attempt) => {
    const file = context.env.PYRA_VAULT_PASSPHRASE_FILE;
    if (file) return attempt === 1 ? readPassphraseFile(file) : undefined;
    const console = (await context.openTerminal()).console();
    if (console === undefined) return undefined;
    const answer = await askHidden(console, attempt === 1 ? 'vault passphrase' : 'that was wrong; vault passphrase');
    return answer === undefined || answer === '' ? undefined : new Secret(answer);
  };
}
