import { PyraError } from '../../core/domain/errors.js';
import type { Secret } from '../../core/domain/secret.js';
import { bodyChunks } from './body-chunks.js';
import type { Endpoint } from './endpoint.js';
import { withPlainError } from './error-body.js';

/** A `fetch`: that of the platform, or one through a proxy. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a sealed fetch is made of. */
export interface SealedFetchParts {
  readonly endpoint: Endpoint;
  readonly key: Secret | undefined;
  /** `list` for the model list, which some providers guard with another header. */
  readonly purpose: 'chat' | 'list';
  readonly fetch: Fetch;
}

/**
 * A `fetch` that talks to one endpoint only and makes its headers from nothing, so that no header, key or organisation from elsewhere (the
 * environment, which the vendor's client reads, or a redirect) can reach any server. The key is added here and is in no other object.
 */
export function sealedFetch({
  endpoint,
  key,
  purpose,
  fetch,
}: SealedFetchParts): (input: unknown, init?: RequestInit) => Promise<Response> {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (url.origin !== endpoint.origin) throw new Error(`a request to ${url.host} was about to leave from the client for ${endpoint.host}`);
    const response = await fetch(url.href, {
      method: init.method ?? 'GET',
      headers: headersFor(endpoint, key, purpose, init.body != null),
      ...(init.body == null ? {} : { body: init.body }),
      ...(init.signal == null ? {} : { signal: init.signal }),
      redirect: 'manual',
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel().catch(() => undefined);
      throw redirected(response.headers.get('location'), url, endpoint);
    }
    const type = response.headers.get('content-type') ?? '';
    if (response.ok && /\btext\/html\b/i.test(type)) {
      await response.body?.cancel().catch(() => undefined);
      throw new PyraError('model/bad-response', `${endpoint.host} answered with a web page`, {
        hint: 'check ai.base_url; most end in /v1',
      });
    }
    if (!response.ok) return withPlainError(response);
    if (purpose === 'list' || response.body === null) return response;
    if (/\bapplication\/json\b/i.test(type)) return streamOf(await response.text(), endpoint);
    return Object.defineProperty(response, 'body', { value: bodyChunks(response.body) });
  };
}

/** An answer that came whole, as the stream that was asked for: some gateways do not stream, and some report errors with status 200. */
function streamOf(text: string, endpoint: Endpoint): Response {
  let line: string;
  try {
    line = JSON.stringify(JSON.parse(text));
  } catch {
    throw new PyraError('model/bad-response', `${endpoint.host} sent something that is not an answer`, { hint: 'check ai.base_url' });
  }
  return new Response(`data: ${line}\n\ndata: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
}

function headersFor(endpoint: Endpoint, key: Secret | undefined, purpose: 'chat' | 'list', body: boolean): Record<string, string> {
  const { quirks } = endpoint.provider;
  const list = purpose === 'list' ? quirks.list : undefined;
  const headers: Record<string, string> = {
    accept: body ? 'text/event-stream, application/json' : 'application/json',
    'user-agent': 'pyra',
  };
  if (body) headers['content-type'] = 'application/json';
  Object.assign(headers, list?.headers);
  if (key === undefined) return headers;
  const name = list?.keyHeader ?? quirks.keyHeader;
  headers[name] = name === 'authorization' ? `Bearer ${key.reveal()}` : key.reveal();
  return headers;
}

function redirected(location: string | null, from: URL, endpoint: Endpoint): PyraError {
  let target = 'another address';
  if (location !== null && URL.canParse(location, from)) target = new URL(location, from).host;
  return new PyraError('model/bad-response', `${endpoint.host} sends the request on to ${target}, which Pyra does not follow`, {
    hint: 'set ai.base_url to the final address, if you trust it',
  });
}
