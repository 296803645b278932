import { PyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import type { CommandContext } from './command.js';

/** The error for secrets that the vault does not have, with the commands that put them there. */
export async function missingSecrets(context: CommandContext, names: readonly SecretName[]): Promise<PyraError> {
  const { vault } = await context.openPyra();
  const steps = [...((await vault.status()) === 'absent' ? ['pyra vault init'] : []), ...names.map((name) => `pyra vault set ${name}`)];
  return new PyraError('not-found', `the vault has no secret ${names.join(', and none ')}`, {
    hint: `${steps.join(', then ')}; then this again`,
  });
}
