import { ProxyAgent, fetch as undiciFetch } from 'undici';
import type { Fetch } from './sealed-fetch.js';

/** A `fetch` through an HTTP proxy. TLS to the endpoint ends in this process: the proxy sees the host, not the key. */
export function proxyFetch(proxy: string): Fetch {
  const dispatcher = new ProxyAgent(proxy);
  return async (url, init) => (await undiciFetch(url, { ...init, dispatcher } as Parameters<typeof undiciFetch>[1])) as unknown as Response;
}
