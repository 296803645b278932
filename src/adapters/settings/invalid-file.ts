import { PyraError } from '../../core/domain/errors.js';

/** The error about `config.yaml` as a whole. */
export function invalidFile(sentence: string, hint: string, cause?: unknown): PyraError {
  return new PyraError('settings/invalid', `config.yaml ${sentence}`, { hint, ...(cause === undefined ? {} : { cause }) });
}
