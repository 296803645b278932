import { APIConnectionError, APIError } from 'openai';
import { type ErrorCode, isPyraError, PyraError, type PyraErrorDetails } from '../../core/domain/errors.js';
import { isJsonObject } from '../../core/domain/json.js';
import type { Secret } from '../../core/domain/secret.js';
import { withoutSecrets } from '../support/without-secrets.js';
import { connectionError } from './connection-error.js';
import type { Endpoint } from './endpoint.js';

/** What an error message may need to know about the request that failed. */
export interface FailedRequest {
  readonly endpoint: Endpoint;
  /** Absent for the model list. */
  readonly model?: string;
  readonly key: Secret | undefined;
}

const OVERFLOW =
  /context[_ ](length|window|size)|maximum context|context_length_exceeded|prompt is too long|too many (input )?tokens|input (token count|is too long)|exceeds? the (available )?context|reduce the length of|request too large|too large for model/i;
const NO_MODEL =
  /model[_ ]not[_ ]found|invalid[_ ]model|not a valid model|unknown model|no such model|model .*(does not exist|not found|is not available)/i;
const NO_CREDIT = /insufficient[_ ](quota|balance|credits?|funds)|billing_(hard|not)|credit balance/i;
const BAD_KEY = /api[_ ]?key not valid|invalid[_ ]api[_ ]?key|incorrect api key|api_key_invalid/i;

/** The PyraError for whatever the vendor's client threw. It carries none of the vendor's objects: those hold headers, bodies and echoes of the key. */
export function modelError(error: unknown, request: FailedRequest): PyraError {
  const inner = innerPyraError(error);
  if (inner !== undefined) return inner;
  if (error instanceof APIConnectionError) return connectionError(error.cause ?? error, request.endpoint);
  if (error instanceof APIError) return answeredError(error, request);
  if (error instanceof SyntaxError) {
    return new PyraError('model/bad-response', `${request.endpoint.provider.displayName} sent something that is not part of an answer`, {
      hint: 'ask again; what came so far is kept',
    });
  }
  return connectionError(error, request.endpoint);
}

function innerPyraError(error: unknown): PyraError | undefined {
  for (let at = error; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) if (isPyraError(at)) return at;
  return undefined;
}

function answeredError(error: APIError, request: FailedRequest): PyraError {
  const { provider, host } = request.endpoint;
  const status = error.status ?? statusOf(error);
  const said = withoutSecrets(messageOf(error), request.key === undefined ? [] : [request.key]);
  const words = `${said} ${String(error.code ?? '')} ${String(error.type ?? '')}`;
  const because = said === '' ? '' : `: ${said}`;
  const make = (code: ErrorCode, message: string, details: PyraErrorDetails): PyraError => new PyraError(code, message, details);

  if (status === 401 || ((status === undefined || status === 400) && BAD_KEY.test(words))) {
    return make('model/auth', `${provider.displayName} does not accept the key (${status ?? 'error'})`, { hint: keyHint(request) });
  }
  if (OVERFLOW.test(words) || status === 413) {
    return make('model/context-overflow', 'the conversation is longer than the model can take', {
      hint: 'start a new conversation, or set ai.context_tokens to the size that the model really has',
    });
  }
  if (status === 402 || NO_CREDIT.test(words)) {
    return make('model/rate-limited', `the account at ${provider.displayName} has no credit left${because}`, {
      hint: 'add credit there, or choose another provider with: pyra model use',
    });
  }
  if (status === 403) {
    return make('model/auth', `${provider.displayName} does not allow this (403)${because}`, { hint: keyHint(request) });
  }
  if (status === 404 || (NO_MODEL.test(words) && (status === undefined || status < 500))) {
    const what =
      request.model === undefined ? `nothing at ${host} lists models` : `${provider.displayName} has no model "${request.model}"`;
    const hint =
      request.model === undefined ? 'check ai.base_url; most end in /v1' : 'see: pyra model list; if that fails too, check ai.base_url';
    return make('model/not-found', `${what} (${status ?? 'error'})${because}`, { hint });
  }
  if (status === 429) {
    const wait = retryAfter(error.headers);
    return make('model/rate-limited', `${provider.displayName} asks to slow down (429)${because}`, {
      hint: wait === undefined ? 'try again in a while' : `try again in ${Math.ceil(wait / 1000)} s`,
      retryable: true,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  if (status === 408 || status === 409 || (status !== undefined && status >= 500) || /overloaded|server_error|unavailable/i.test(words)) {
    const wait = retryAfter(error.headers);
    return make('model/overloaded', `${provider.displayName} cannot answer now (${status ?? 'error'})${because}`, {
      hint: 'try again in a while',
      retryable: status !== 501 && status !== 505,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  return make('model/bad-response', `${provider.displayName} refused the request (${status ?? 'error'})${because}`, {
    hint: 'check the model and its options: pyra config get ai',
  });
}

/** A failure inside a stream has no HTTP status; some servers put one into the error itself. */
function statusOf(error: APIError): number | undefined {
  const { code } = error as { code?: unknown };
  const number = Number(code);
  return Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined;
}

function messageOf(error: APIError): string {
  const body: unknown = error.error;
  if (isJsonObject(body) && typeof body.message === 'string') return body.message;
  if (typeof body === 'string') return body;
  const text = error.message.replace(/^\d{3} /, '');
  return text.startsWith('<') || text.includes('status code (no body)') ? '' : text;
}

function keyHint({ endpoint: { provider }, key }: FailedRequest): string {
  const store = `${key === undefined ? 'store a key' : 'store another key'} with: pyra vault set ${provider.id}`;
  return provider.group === 'cloud' && provider.advice !== undefined ? `${store}; ${provider.advice}` : store;
}

/** What the server asks to wait, in milliseconds, from `retry-after-ms` or `Retry-After` (seconds or a date; RFC 9110 § 10.2.3). */
function retryAfter(headers: Headers | undefined): number | undefined {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (exact >= 0) return exact;
  const text = headers?.get('retry-after')?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^[\d.]+$/.test(text) ? Number.parseFloat(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
