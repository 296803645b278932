import { PyraError } from '../../core/domain/errors.js';
import { isLoopbackHost } from '../../core/domain/loopback-host.js';
import type { ModelRef } from '../../core/domain/model.js';
import { findProvider, PROVIDERS, type Provider } from './providers.js';

/** Where one provider is reached. */
export interface Endpoint {
  readonly provider: Provider;
  /** The API's address without query and trailing slash. */
  readonly url: string;
  readonly origin: string;
  readonly host: string;
  readonly query: Readonly<Record<string, string>>;
  /** On this machine. */
  readonly loopback: boolean;
  /** Whether a key may travel there: by TLS, or within the person's own machine or network. */
  readonly keySafe: boolean;
  /** Names whoever answers here, so that opaque state goes back to nobody else. */
  readonly owner: string;
}

/**
 * The address of a provider, the person's own `baseUrl` before that of the table. Throws `model/not-found` for an unknown provider and
 * `settings/invalid` for a missing or unusable base URL.
 */
export function resolveEndpoint(ref: Omit<ModelRef, 'model'>): Endpoint {
  const provider = findProvider(ref.provider);
  if (provider === undefined) {
    throw new PyraError('model/not-found', `there is no provider "${ref.provider}"`, {
      hint: `the providers are ${PROVIDERS.map(({ id }) => id).join(', ')}`,
    });
  }
  const text = ref.baseUrl ?? provider.baseUrl;
  if (text === undefined) {
    throw new PyraError('settings/invalid', `${provider.displayName} needs a base URL`, {
      hint: provider.advice ?? 'set ai.base_url, such as https://models.example.org/v1',
    });
  }
  const url = parseBaseUrl(text);
  const query = Object.fromEntries(url.searchParams);
  let path = url.pathname.replace(/\/+$/, '').replace(/\/(chat\/completions|models)$/, '');
  if (provider.quirks.deploymentVersion !== undefined) {
    if (path === '' || path === '/openai') path = '/openai/v1';
    if (path.includes('/deployments/')) query['api-version'] ??= provider.quirks.deploymentVersion;
  }
  const loopback = isLoopbackHost(url.hostname);
  const own = provider.baseUrl !== undefined && new URL(provider.baseUrl).origin === url.origin;
  return {
    provider,
    url: url.origin + path,
    origin: url.origin,
    host: url.host,
    query,
    loopback,
    keySafe: url.protocol === 'https:' || loopback || isPrivate(url.hostname),
    owner: own ? provider.id : `${provider.id}@${url.host}`,
  };
}

function parseBaseUrl(text: string): URL {
  const invalid = (why: string): PyraError =>
    new PyraError('settings/invalid', `the base URL ${why}`, { hint: 'set ai.base_url, such as https://models.example.org/v1' });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('is not a URL');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('must start with https:// or http://');
  if (url.username !== '' || url.password !== '') throw invalid('must not contain a user name or password; keys belong into the vault');
  if ([...url.searchParams.keys()].some((name) => /key|token|secret|sig|auth/i.test(name))) {
    throw invalid('must not contain a key; keys belong into the vault');
  }
  return url;
}

function isPrivate(host: string): boolean {
  if (/^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)[\d.]+$/.test(host)) return true;
  if (/^\[f[cd][0-9a-f]{2}:|^\[fe80:/i.test(host)) return true;
  return !host.includes('.') && !host.startsWith('[') ? true : /\.(local|lan|internal|home\.arpa)$/.test(host);
}
