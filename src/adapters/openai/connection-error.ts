import { PyraError } from '../../core/domain/errors.js';
import type { Endpoint } from './endpoint.js';

const TLS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL|EPROTO|SSL routines/;

/** The `model/network` error for a connection that failed, with what to do about it. */
export function connectionError(error: unknown, endpoint: Endpoint): PyraError {
  const { provider, host, loopback } = endpoint;
  const code = codeOf(error);
  const network = (message: string, hint: string, more: { retryable?: boolean; retryLimit?: number } = {}): PyraError =>
    new PyraError('model/network', message, { hint, ...more });

  if (TLS.test(code)) {
    return network(
      `no secure connection to ${host}: ${code}`,
      'check ai.base_url, and the clock of this machine; the certificate of a company goes into NODE_EXTRA_CA_CERTS=FILE',
    );
  }
  switch (code) {
    case 'ECONNREFUSED': {
      const start = provider.group === 'local' ? provider.advice : undefined;
      return network(`nothing answers at ${host}`, start ?? 'is the server running, and is ai.base_url right?', {
        retryable: true,
        ...(loopback ? { retryLimit: 1 } : {}),
      });
    }
    case 'ENOTFOUND':
      return network(`the name of ${host} is not known`, 'is this machine online, and is ai.base_url right?', {
        retryLimit: 1,
        retryable: true,
      });
    case 'EAI_AGAIN':
      return network(`the name of ${host} cannot be looked up now`, 'is this machine online?', { retryable: true });
    default:
      return network(`the connection to ${host} failed${code === '' ? '' : ` (${code})`}`, 'try again; is this machine online?', {
        retryable: true,
      });
  }
}

/** The system's or library's code of the innermost error that has one; failed attempts for several addresses are in `errors`. */
function codeOf(error: unknown): string {
  let code = '';
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    const step = at as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof step.code === 'string') code = step.code;
    at = step.cause ?? (Array.isArray(step.errors) ? step.errors[0] : undefined);
  }
  return code;
}
