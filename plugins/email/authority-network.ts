import { request } from 'node:https';
import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import { ToolFailure } from 'pyra/plugin';

/** What an authority answered. */
interface AuthorityResponse<T> {
  readonly headers: Record<string, string>;
  readonly body: T;
  readonly status: number;
}

const MAX_BYTES = 1024 * 1024;

/** How long an authority may take for an answer, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * How MSAL reaches the authority. Whatever a document of the authority or MSAL itself names, a request to any other origin is refused, redirects
 * are not followed, and certificates are checked: so no code and no token goes elsewhere.
 */
export class AuthorityNetwork implements INetworkModule {
  readonly #origin: string;
  readonly #ca: readonly string[] | undefined;
  readonly #signal: AbortSignal;
  #fault: Error | undefined;

  constructor(origin: string, ca: readonly string[] | undefined, signal: AbortSignal) {
    this.#origin = origin;
    this.#ca = ca;
    this.#signal = signal;
  }

  /** Why the last request got no answer; MSAL keeps it to itself. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<AuthorityResponse<T>> {
    return this.#remembering(this.#send('GET', url, options));
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<AuthorityResponse<T>> {
    return this.#remembering(this.#send('POST', url, options));
  }

  async #remembering<T>(answer: Promise<T>): Promise<T> {
    this.#fault = undefined;
    return answer.catch((thrown: Error) => {
      this.#fault = thrown;
      throw thrown;
    });
  }

  #send<T>(method: string, url: string, options: NetworkRequestOptions = {}): Promise<AuthorityResponse<T>> {
    if (!URL.canParse(url) || new URL(url).origin !== this.#origin) {
      const where = URL.canParse(url) ? new URL(url).origin : 'something that is no address';
      return Promise.reject(new ToolFailure(`${this.#origin} sends the sign-in on to ${where}, which was refused`));
    }
    const body = method === 'POST' ? Buffer.from(options.body ?? '') : undefined;
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method,
        headers: { ...options.headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
        signal: this.#signal,
        timeout: PATIENCE_MS,
        agent: false,
        ...(this.#ca === undefined ? {} : { ca: [...this.#ca] }),
      });
      sent.once('timeout', () => sent.destroy(new ToolFailure(`${this.#origin} did not answer in time; try again later`)));
      sent.once('error', reject);
      sent.once('response', (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > MAX_BYTES) sent.destroy(new ToolFailure(`${this.#origin} answered with more than 1 MB`));
          else parts.push(part);
        });
        response.once('error', reject);
        response.once('end', () => {
          const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
          resolve({ headers, body: parsed(Buffer.concat(parts)) as T, status: response.statusCode ?? 0 });
        });
      });
      sent.end(body);
    });
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return { error: 'invalid_response', error_description: 'the answer is not JSON' };
  }
}
