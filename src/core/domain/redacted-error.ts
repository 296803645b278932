import { isPyraError, PyraError } from './errors.js';
import type { Redactor } from './redaction.js';

/**
 * A thrown value whose texts can be shown: what a model server said may hold anything, the key that it was given too. Values that are no
 * PyraError, and those that hold no secret, come back as they are.
 */
export function redactedError(error: unknown, redactor: Redactor): unknown {
  if (!isPyraError(error)) return error;
  const message = redactor.redact(error.message);
  const hint = error.hint === undefined ? undefined : redactor.redact(error.hint);
  if (message === error.message && hint === error.hint) return error;
  const { code, retryable, retryAfterMs } = error;
  return new PyraError(code, message, {
    retryable,
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
