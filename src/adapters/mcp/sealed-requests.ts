import { type Dispatcher, request } from 'undici';
import { addressAgent } from './address-agent.js';
import type { AddressAnswer } from './address-answer.js';
import { type AddressedServer, connectionFailed } from './address-faults.js';
import type { SealedHeaders } from './sealed-headers.js';

/** What requests to one server are made from. */
export interface SealedRequestsParts {
  readonly server: AddressedServer;
  readonly url: URL;
  readonly headers: SealedHeaders;
  readonly proxy: string | undefined;
}

/** One request. */
export interface SealedRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** The headers of the protocol. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Whether the process may end while it runs. */
  readonly background?: boolean;
}

/**
 * Sends requests to one address and to nowhere else: redirects are not followed, and the headers are made from nothing for each of them, so that
 * no cookie, credential or header from elsewhere leaves with one, and the person's secrets are in no object that outlives it. Where a name leads
 * is not checked: the person wrote this very host, of their own network or not, and nothing that a server says changes it.
 */
export class SealedRequests {
  readonly #parts: SealedRequestsParts;
  readonly #agents = new Map<boolean, Dispatcher>();

  constructor(parts: SealedRequestsParts) {
    this.#parts = parts;
  }

  /** Rejects with the signal's reason, or with `mcp/unreachable` and what is wrong with the connection. */
  async send({ method, headers, body, signal, background = false }: SealedRequest): Promise<AddressAnswer> {
    const { server, url, headers: sealed } = this.#parts;
    const failure = (error: unknown): unknown => (signal.aborted ? signal.reason : connectionFailed(server, error));
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, {
        dispatcher: this.#agent(background),
        method,
        // An answer that is packed could be a thousand times longer than what came.
        headers: sealed.open({ 'accept-encoding': 'identity', ...headers }),
        ...(body === undefined ? {} : { body }),
        signal,
      });
    } catch (error) {
      throw failure(error);
    }
    const { statusCode: status, headers: given, body: bytes } = response;
    // What breaks while nobody reads is told to the next reader.
    bytes.on('error', () => undefined);
    const header = (name: string): string | undefined => [given[name]].flat()[0];
    return {
      status,
      type: (header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
      header,
      body: translated(bytes, failure),
      discard: () => void bytes.destroy(),
    };
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #agent(background: boolean): Dispatcher {
    const agent = this.#agents.get(background) ?? addressAgent(this.#parts.proxy, background);
    this.#agents.set(background, agent);
    return agent;
  }
}

async function* translated(bytes: AsyncIterable<Uint8Array>, failure: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw failure(error);
  }
}
