import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type ReceivedRequest, startLoopbackServer } from '../../src/adapters/support/loopback-server.js';
import { answerChunks, eventLine, openEventStream, type ScriptedAnswer, sendAnswer } from '../../src/adapters/support/scripted-answer.js';
import type { JsonObject } from '../../src/core/domain/json.js';

/** A way for the server to fail. */
export type ModelFault =
  | {
      readonly fault: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object as JSON, a text as it is. */
      readonly body?: JsonObject | string;
    }
  /** Never answers. */
  | { readonly fault: 'hang' }
  /** Sends the text and then nothing more. */
  | { readonly fault: 'hang-mid-stream'; readonly text: string }
  /** Sends the text and ends the response in good order, without a reason. */
  | { readonly fault: 'no-end'; readonly text: string }
  /** Sends the text and cuts the connection. */
  | { readonly fault: 'cut'; readonly text: string }
  /** Sends the text, then what is no JSON. */
  | { readonly fault: 'garbage'; readonly text: string }
  /** Sends the text, then an error inside the stream. */
  | { readonly fault: 'error-mid-stream'; readonly text: string; readonly error: JsonObject }
  /** Sends these bytes as the whole event stream; `open` leaves the connection open after them. */
  | { readonly fault: 'raw'; readonly stream: string; readonly open?: true }
  | { readonly fault: 'redirect'; readonly to: string };

/** What the server does with one request: an answer, a fault, or what a function of the request says. */
export type ModelStep = ScriptedAnswer | ModelFault | ((body: JsonObject, request: ReceivedRequest) => ModelStep);

/** One request that the server got; `body` is the parsed JSON, empty for a GET. */
export interface RecordedRequest extends Omit<ReceivedRequest, 'body'> {
  readonly body: JsonObject;
  /** The body as it came. */
  readonly raw: string;
}

/** How the server differs from a plain one. */
export interface ModelServerOptions {
  /** The ids of its model list. */
  readonly models?: readonly string[];
  /** Every request must carry this key, else 401. */
  readonly key?: string;
  /** What the model list answers in place of the list. */
  readonly list?: ModelFault;
}

/** A running model server. */
export interface ModelServer {
  /** The base URL with `/v1`. */
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The chat requests among them. */
  chats(): readonly RecordedRequest[];
  close(): Promise<void>;
}

/**
 * An OpenAI-compatible server on loopback that plays its steps in order; a single function answers every request. When the steps have
 * run out it answers 500, which no test expects.
 */
export async function startModelServer(steps: readonly ModelStep[] | ModelStep, options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const queue = Array.isArray(steps) ? [...(steps as readonly ModelStep[])] : undefined;
  const server = await startLoopbackServer(async (received, response) => {
    const body = parseBody(received.body);
    requests.push({ ...received, body, raw: received.body });
    if (options.key !== undefined && received.headers.authorization !== `Bearer ${options.key}`) {
      const sent = received.headers.authorization?.replace('Bearer ', '') ?? '';
      return sendJson(response, 401, { error: { message: `Incorrect API key provided: ${sent}.`, code: 'invalid_api_key' } });
    }
    const path = received.path.split('?')[0] ?? '';
    if (received.method === 'GET' && path.endsWith('/models')) {
      if (options.list !== undefined) return fail(options.list, response, '');
      const data = (options.models ?? ['scripted']).map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'test' }));
      return sendJson(response, 200, { object: 'list', data });
    }
    if (received.method !== 'POST' || !path.endsWith('/chat/completions')) {
      return sendJson(response, 404, { error: { message: `Invalid URL (${received.method} ${path})` } });
    }
    let step: ModelStep | undefined = queue === undefined ? (steps as ModelStep) : queue.shift();
    while (typeof step === 'function') step = step(body, received);
    if (step === undefined) return sendJson(response, 500, { error: { message: 'the script has no further step' } });
    const model = typeof body.model === 'string' ? body.model : 'scripted';
    if ('fault' in step) await fail(step, response, model);
    else await sendAnswer(response, step, model);
  });
  return {
    url: `${server.url}/v1`,
    requests,
    chats: () => requests.filter(({ path }) => path.includes('/chat/completions')),
    close: () => server.close(),
  };
}

async function fail(fault: ModelFault, response: ServerResponse, model: string): Promise<void> {
  if (fault.fault === 'hang') return;
  if (fault.fault === 'redirect') {
    response.writeHead(307, { location: fault.to });
    response.end();
    return;
  }
  if (fault.fault === 'status') {
    const json = typeof fault.body !== 'string';
    response.writeHead(fault.status, { 'content-type': json ? 'application/json' : 'text/plain', ...fault.headers });
    response.end(json ? JSON.stringify(fault.body ?? { error: { message: `status ${fault.status}` } }) : (fault.body as string));
    return;
  }
  openEventStream(response);
  if (fault.fault === 'raw') {
    response.write(fault.stream);
    if (fault.open !== true) response.end();
    return;
  }
  for (const chunk of answerChunks({ text: [fault.text] }, model).slice(0, 2)) response.write(eventLine(chunk));
  if (fault.fault === 'no-end') response.end();
  if (fault.fault === 'garbage') response.end('data: {"choices":[{"del\n\n');
  if (fault.fault === 'error-mid-stream') response.end(eventLine({ error: fault.error }));
  if (fault.fault === 'cut') {
    await pause(20);
    response.destroy();
  }
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function parseBody(text: string): JsonObject {
  return text === '' ? {} : (JSON.parse(text) as JsonObject);
}
