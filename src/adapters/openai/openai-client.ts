import { OpenAI } from 'openai';
import { type SealedFetchParts, sealedFetch } from './sealed-fetch.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/**
 * The vendor's client for one request. Every option that it would else read from the environment is given, and the key is not: the sealed
 * fetch adds it. Retries belong to the caller.
 */
export function openAiClient(parts: SealedFetchParts, timeoutMs: number): OpenAI {
  return new OpenAI({
    baseURL: parts.endpoint.url,
    apiKey: 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: { Authorization: null, 'OpenAI-Organization': null, 'OpenAI-Project': null },
    defaultQuery: { ...parts.endpoint.query },
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    logger: SILENT,
    fetch: sealedFetch(parts) as typeof fetch,
  });
}
