import { PyraError } from '../../core/domain/errors.js';

/** The error for a vault that is not open. */
export function locked(message = 'the vault is locked'): PyraError {
  return new PyraError('vault/locked', message, {
    hint: 'open it for a while with `pyra vault unlock`, or name a file with the passphrase in PYRA_VAULT_PASSPHRASE_FILE',
  });
}

/** The error where there is no vault. */
export function absent(): PyraError {
  return new PyraError('vault/absent', 'there is no vault yet', { hint: 'make one: pyra vault init' });
}

/** The error for making a second vault. */
export function alreadyThere(): PyraError {
  return new PyraError('usage', 'there is a vault already', { hint: 'to add a secret: pyra vault set NAME' });
}

/** The error for a passphrase that does not fit. */
export function wrongPassphrase(): PyraError {
  return new PyraError('vault/wrong-passphrase', 'this passphrase does not open the vault', { hint: 'try again; nothing was changed' });
}

/** The error for a name that no secret can have. */
export function badName(): PyraError {
  return new PyraError('usage', 'this is not a name for a secret', {
    hint: 'a name has letters, digits and . _ : @ + -, starts with a letter or digit, and has at most 128 characters',
  });
}

/** The error for a file of the vault that cannot be what Pyra wrote. */
export function damaged(file: string, why: string, cause?: unknown): PyraError {
  const hint = file.startsWith('secrets/')
    ? 'bring the file back from a backup, or set the secret anew: pyra vault set NAME'
    : `bring vault/${file} back from a backup`;
  return new PyraError('vault/corrupt', `vault/${file} is damaged: ${why}`, { hint, ...(cause === undefined ? {} : { cause }) });
}
