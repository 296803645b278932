import { PyraError } from '../../core/domain/errors.js';
import { connectionFault } from '../support/connection-fault.js';
import type { Endpoint } from './endpoint.js';

/** The `model/network` error for a connection that failed, with what to do about it. */
export function connectionError(error: unknown, endpoint: Endpoint): PyraError {
  const { provider, host, loopback } = endpoint;
  const { kind, code } = connectionFault(error);
  const network = (message: string, hint: string, more: { retryable?: boolean; retryLimit?: number } = {}): PyraError =>
    new PyraError('model/network', message, { hint, ...more });

  switch (kind) {
    case 'tls':
      return network(
        `no secure connection to ${host}: ${code}`,
        'check ai.base_url, and the clock of this machine; the certificate of a company goes into NODE_EXTRA_CA_CERTS=FILE',
      );
    case 'refused': {
      const start = provider.group === 'local' ? provider.advice : undefined;
      return network(`nothing answers at ${host}`, start ?? 'is the server running, and is ai.base_url right?', {
        retryable: true,
        ...(loopback ? { retryLimit: 1 } : {}),
      });
    }
    case 'unknown-name':
      return network(`the name of ${host} is not known`, 'is this machine online, and is ai.base_url right?', {
        retryLimit: 1,
        retryable: true,
      });
    case 'name-lookup':
      return network(`the name of ${host} cannot be looked up now`, 'is this machine online?', { retryable: true });
    default:
      return network(`the connection to ${host} failed${code === '' ? '' : ` (${code})`}`, 'try again; is this machine online?', {
        retryable: true,
      });
  }
}
