import type { ModelEvent, ModelRef, ModelRequest } from '../../core/domain/model.js';
import type { LanguageModel } from '../../ports/language-model.js';
import { AnswerAssembler } from './answer-assembler.js';
import type { Connection } from './connection.js';
import { modelError } from './model-errors.js';
import { openAiClient } from './openai-client.js';
import { RequestDeadline } from './request-deadline.js';
import { requestBody } from './wire.js';

/** How long a server may take to close its stream after the model has finished, in milliseconds. */
const CLOSING_MS = 2_000;

/** What an OpenAiModel is made from. */
export interface OpenAiModelParts {
  readonly ref: ModelRef;
  /** In tokens. */
  readonly contextTokens: number;
  readonly connection: Connection;
  /** The most that one whole request may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A model behind an endpoint that speaks OpenAI's chat completions. Key and client live for one request. */
export class OpenAiModel implements LanguageModel {
  readonly ref: ModelRef;
  readonly contextTokens: number;
  readonly #connection: Connection;
  readonly #timeoutMs: number;

  constructor({ ref, contextTokens, connection, timeoutMs }: OpenAiModelParts) {
    this.ref = ref;
    this.contextTokens = contextTokens;
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    signal.throwIfAborted();
    const { endpoint } = this.#connection;
    const { model } = this.ref;
    const name = endpoint.provider.displayName;
    const body = requestBody(request, model, endpoint);
    const [key, fetch] = await Promise.all([this.#connection.key(), this.#connection.fetch()]);
    const answer = new AnswerAssembler(endpoint, callIds(request));
    const deadline = new RequestDeadline(signal, this.#timeoutMs);
    let whole = false;
    try {
      const client = openAiClient({ endpoint, key, purpose: 'chat', fetch }, this.#timeoutMs);
      const chunks = await client.chat.completions.create(body as unknown as StreamingBody, { signal: deadline.signal });
      for await (const chunk of chunks) {
        yield* answer.take(chunk);
        if (answer.finished) deadline.shorten(CLOSING_MS);
      }
      whole = true;
    } catch (error) {
      if (!answer.finished) {
        deadline.check(name);
        throw modelError(error, { endpoint, model, key });
      }
    } finally {
      deadline.dispose(whole);
    }
    // The vendor's stream ends quietly when it is aborted.
    if (answer.finished) signal.throwIfAborted();
    else deadline.check(name);
    yield* answer.end();
  }
}

type StreamingBody = Parameters<ReturnType<typeof openAiClient>['chat']['completions']['create']>[0] & { readonly stream: true };

/** The ids of all calls of the conversation so far. */
function callIds(request: ModelRequest): ReadonlySet<string> {
  return new Set(request.messages.flatMap((message) => (message.role === 'assistant' ? message.calls.map(({ id }) => id) : [])));
}
