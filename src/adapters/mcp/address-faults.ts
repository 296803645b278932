import { cleanOutput } from '../../core/domain/clean-output.js';
import { PyraError, type PyraErrorDetails } from '../../core/domain/errors.js';
import type { McpServerName } from '../../core/domain/mcp-server.js';
import type { Secret } from '../../core/domain/secret.js';
import { visible } from '../../core/domain/untrusted.js';
import { connectionFault } from '../support/connection-fault.js';
import { withoutSecrets } from '../support/without-secrets.js';
import type { AddressAnswer } from './address-answer.js';

const LONGEST_WAIT_MS = 3_600_000;

/** Where a server is, as errors name it. */
export interface AddressedServer {
  readonly name: McpServerName;
  /** Host and port. */
  readonly host: string;
  /** Host and port of the proxy on the way, if there is one. */
  readonly proxy: string | undefined;
}

/** The `mcp/unreachable` error for a connection that could not be made, or that broke. */
export function connectionFailed(server: AddressedServer, error: unknown): PyraError {
  const { name, host, proxy } = server;
  const { kind, code } = connectionFault(error);
  const whose = `the MCP server ${name}`;
  const at = proxy === undefined ? host : `${host} (through the proxy ${proxy})`;
  const fault = (message: string, hint: string, retryable = true): PyraError =>
    new PyraError('mcp/unreachable', message, { hint, retryable });
  const refusal = /Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (refusal !== undefined)
    return fault(`the proxy ${proxy} does not let ${whose} be reached: it answers ${refusal}`, 'see HTTPS_PROXY and NO_PROXY');
  switch (kind) {
    case 'tls':
      return fault(
        `no secure connection to ${whose} at ${at}: ${code}`,
        'check its url, and the clock of this machine; the certificate of a company, or one that has signed itself, goes into NODE_EXTRA_CA_CERTS=FILE',
        false,
      );
    case 'refused':
      return fault(`nothing answers for ${whose} at ${at}`, 'is it running, and is its url right?');
    case 'unknown-name':
      return fault(`the name of ${whose} at ${at} is not known`, 'is this machine online, and is its url right?');
    case 'name-lookup':
      return fault(`the name of ${whose} at ${at} cannot be looked up now`, 'is this machine online?');
    case 'other': {
      if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
        return fault(`${whose} at ${at} does not answer`, 'is this machine online?');
      return fault(`the connection to ${whose} at ${at} broke${code === '' ? '' : ` (${code})`}`, 'try again');
    }
  }
}

/** The error for an answer that refuses a request. `said` is what the server said with it, as it came; `secrets` are taken out of that. */
export function refused({ name, host }: AddressedServer, answer: AddressAnswer, said: string, secrets: readonly Secret[]): PyraError {
  const { status } = answer;
  const whose = `the MCP server ${name}`;
  const words = wordsOf(said, secrets);
  const fault = (what: string, details: PyraErrorDetails): PyraError => new PyraError('mcp/unreachable', `${whose} ${what}`, details);
  if (status >= 300 && status < 400) {
    return fault(`at ${host} sends requests on to ${targetOf(answer)}, which Pyra does not follow`, {
      hint: 'give it the final address as url, if you trust that one',
    });
  }
  if (status === 401 || status === 403) return notLetIn(name, status, answer, words);
  if (status === 404 || status === 405) {
    return fault(`does not answer at this address: ${host} says ${status}${words}`, {
      hint: 'check its url (most end in /mcp); servers that speak only the older HTTP+SSE cannot be used',
    });
  }
  if (status === 408 || status === 429 || status >= 500) {
    const wait = waitOf(answer.header('retry-after'));
    const what = status === 429 ? 'gets too many requests' : 'cannot answer now';
    return fault(`${what}: ${host} says ${status}${words}`, {
      hint: wait === undefined ? 'try again later' : `try again in ${Math.ceil(wait / 1000)} s`,
      retryable: true,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  return fault(`refuses the request: ${host} says ${status}${words}`, { hint: 'check its url and its headers' });
}

function notLetIn(name: McpServerName, status: number, answer: AddressAnswer, words: string): PyraError {
  const asks = answer.header('www-authenticate') ?? '';
  const way = `pyra vault set NAME, then pyra mcp add ${name} --url URL --header "Authorization=Bearer secret:NAME" (if it is there already: first pyra mcp remove ${name})`;
  if (/resource_metadata\s*=/i.test(asks)) {
    return new PyraError('mcp/auth', `the MCP server ${name} wants a sign-in by OAuth (${status}), which Pyra does not do`, {
      hint: `if it takes a token too: ${way}`,
    });
  }
  const what = status === 401 ? 'wants other credentials than it got' : 'does not allow this with the credentials that it got';
  return new PyraError('mcp/auth', `the MCP server ${name} ${what} (${status}${words})`, { hint: `give it a token: ${way}` });
}

function wordsOf(said: string, secrets: readonly Secret[]): string {
  const words = visible(cleanOutput(withoutSecrets(said, secrets)));
  return words === '' ? '' : `: ${words}`;
}

function targetOf(answer: AddressAnswer): string {
  const location = answer.header('location') ?? '';
  return URL.canParse(location) ? new URL(location).host.slice(0, 100) : 'another address';
}

/** `Retry-After`, in seconds or as a date, in milliseconds. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
