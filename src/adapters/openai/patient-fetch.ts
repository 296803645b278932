import { Agent, ProxyAgent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './sealed-fetch.js';

/**
 * A `fetch` that waits for an answer as long as its signal lets it (the one of the platform gives up after 300 s without a byte), through an
 * HTTP proxy if one is given. TLS to the endpoint ends in this process: the proxy sees the host, not the key.
 */
export function patientFetch(proxy: string | undefined): Fetch {
  const patience = { headersTimeout: 0, bodyTimeout: 0 };
  const dispatcher = proxy === undefined ? new Agent(patience) : new ProxyAgent({ uri: proxy, ...patience });
  return async (url, init) => (await undiciFetch(url, { ...init, dispatcher } as Parameters<typeof undiciFetch>[1])) as unknown as Response;
}
