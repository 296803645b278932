import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ToolFailure } from 'pyra/plugin';
import type { DavAccount } from './dav-account.js';
import { connectionFailure } from './dav-failure.js';

/** What a server answered, whole. */
export interface DavAnswer {
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
}

/** One request; a URL is absolute. */
export interface DavQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How long a server may say nothing, in milliseconds: a little less than the tool has time, so that it is said who was slow. A large calendar takes time. */
const SILENCE_MS = { usual: 50_000, REPORT: 110_000 } as const;
const LONGEST_ANSWER = 64_000_000;
const MOST_REDIRECTS = 4;
const CHANGES = new Set(['PUT', 'DELETE', 'POST']);

const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: 4 }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: 4 }),
};

/**
 * Sends one request, signed in, and reads the answer. Redirects are followed on the same host only, and never by a request that changes
 * something. Node's own `fetch` is not used: it starts slower, and follows a redirect to wherever it leads.
 * @throws ToolFailure when the server cannot be reached, is not trusted or sends too much.
 */
export async function davRequest(question: DavQuestion, account: DavAccount, signal: AbortSignal): Promise<DavAnswer> {
  let url = question.url;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await once({ ...question, url }, account, signal);
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
    if (location === null || CHANGES.has(question.method) || redirects === MOST_REDIRECTS) return answer;
    url = sameHost(location, url, account);
  }
}

function sameHost(location: string, url: string, account: DavAccount): string {
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target?.origin === account.url.origin) return target.href;
  const where = target === undefined ? 'an address that is none' : target.origin;
  throw new ToolFailure(
    `${account.url.host} redirects to ${where}, and nothing is sent to another host; if that is right, the person gives the new address with ${account.setup}`,
  );
}

/** A request over a kept connection that the server has closed in the meantime is sent once more over a new one, if that is safe. */
async function once(question: DavQuestion, account: DavAccount, signal: AbortSignal): Promise<DavAnswer> {
  try {
    return await send(question, account, signal, 'kept');
  } catch (thrown) {
    const stale = thrown instanceof Error && 'stale' in thrown && !CHANGES.has(question.method);
    if (!stale) throw connectionFailure(thrown, account, question.method, signal);
  }
  try {
    return await send(question, account, signal, 'new');
  } catch (thrown) {
    throw connectionFailure(thrown, account, question.method, signal);
  }
}

function send(
  { method, url, headers, body }: DavQuestion,
  account: DavAccount,
  signal: AbortSignal,
  connection: 'kept' | 'new',
): Promise<DavAnswer> {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  const bytes = body === undefined ? undefined : Buffer.from(body, 'utf8');
  const options: RequestOptions = {
    method,
    agent: connection === 'new' ? false : secure ? agents['https:'] : agents['http:'],
    signal,
    timeout: method === 'REPORT' ? SILENCE_MS.REPORT : SILENCE_MS.usual,
    headers: {
      'user-agent': 'Pyra',
      ...headers,
      // The name and the password go to the host that the person gave, whatever the address says.
      ...(target.origin === account.url.origin ? { authorization: basic(account) } : {}),
      ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
    },
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(target, options);
    request.once('timeout', () => request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    request.once('error', (error) => reject(request.reusedSocket ? Object.assign(error, { stale: true }) : error));
    request.once('response', (response) => read(response, url).then(resolve, reject));
    request.end(bytes);
  });
}

async function read(response: IncomingMessage, url: string): Promise<DavAnswer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_ANSWER) throw new ToolFailure('the server sends more than 64 MB in one answer; ask for less at once');
    parts.push(part);
  }
  const { headers } = response;
  const get = (name: string): string | null => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  };
  return { status: response.statusCode ?? 0, url, headers: { get }, body: Buffer.concat(parts).toString('utf8') };
}

function basic({ user, password }: DavAccount): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
