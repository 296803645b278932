import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { EndReason, ModelEvent, TokenUsage } from '../../core/domain/model.js';
import { CallAssembler } from './call-assembler.js';
import type { Endpoint } from './endpoint.js';

/** Turns the chunks of one streamed answer into events: deltas at once, calls and the end when the answer is whole. */
export class AnswerAssembler {
  readonly #endpoint: Endpoint;
  readonly #calls: CallAssembler;
  readonly #state: Record<string, JsonValue> = {};
  readonly #reasoning: string[] = [];
  readonly #details: JsonObject[] = [];
  #finish: string | undefined;
  #usage: TokenUsage | undefined;
  #spoke = false;

  constructor(endpoint: Endpoint, taken: ReadonlySet<string>) {
    this.#endpoint = endpoint;
    this.#calls = new CallAssembler(endpoint, taken);
  }

  /** Whether the model said why it stopped; what fails after that does not matter. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  /** Takes one chunk and gives the deltas in it. Throws `model/bad-response` for what is not a chunk. */
  take(chunk: unknown): readonly ModelEvent[] {
    if (!isJsonObject(chunk)) throw this.#bad('sent something that is not part of an answer');
    this.#usage = usageOf(chunk.usage) ?? usageOf(isJsonObject(chunk.x_groq) ? chunk.x_groq.usage : undefined) ?? this.#usage;
    const choice = Array.isArray(chunk.choices) ? (chunk.choices[0] as JsonValue | undefined) : undefined;
    if (!isJsonObject(choice)) return [];
    const delta = choice.delta ?? choice.message;
    const events = isJsonObject(delta) ? this.#delta(delta) : [];
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') this.#finish = choice.finish_reason;
    return events;
  }

  /**
   * The calls and the end of the answer. Throws when the answer broke off (`model/network`), the server reported a failure in place of
   * a reason (`model/overloaded`), or a call is garbled (`model/bad-response`).
   */
  end(): readonly ModelEvent[] {
    if (this.#finish === undefined) {
      throw new PyraError('model/network', `the answer of ${this.#endpoint.provider.displayName} broke off before its end`, {
        retryable: !this.#spoke && this.#calls.empty,
        hint: 'ask again; what came so far is kept',
      });
    }
    const reason = endReason(this.#finish);
    if (reason === undefined) {
      throw new PyraError('model/overloaded', `${this.#endpoint.provider.displayName} stopped in the middle of the answer`, {
        retryable: !this.#spoke,
        hint: 'try again in a while',
      });
    }
    const calls = reason === 'content-filter' ? [] : this.#calls.complete();
    const opaque = this.#opaque();
    return [
      ...calls.map((call) => ({ type: 'tool-call', call }) as const),
      {
        type: 'end',
        reason: calls.length > 0 ? 'tool-calls' : reason === 'tool-calls' ? 'stop' : reason,
        ...(this.#usage === undefined ? {} : { usage: this.#usage }),
        ...(opaque === undefined ? {} : { opaque: { provider: this.#endpoint.owner, value: opaque } }),
      },
    ];
  }

  #delta(delta: JsonObject): readonly ModelEvent[] {
    const events: ModelEvent[] = [];
    const thought = firstText(delta.reasoning_content, delta.reasoning);
    if (thought !== '') {
      events.push({ type: 'reasoning-delta', text: thought });
      this.#reasoning.push(thought);
    }
    for (const part of contentParts(delta.content)) events.push(part);
    if (typeof delta.refusal === 'string' && delta.refusal !== '') events.push({ type: 'text-delta', text: delta.refusal });
    if (Array.isArray(delta.tool_calls)) {
      for (const piece of delta.tool_calls as readonly JsonValue[]) if (isJsonObject(piece)) this.#calls.take(piece);
    }
    if (Array.isArray(delta.reasoning_details)) {
      for (const detail of delta.reasoning_details as readonly JsonValue[]) if (isJsonObject(detail)) this.#takeDetail(detail);
    }
    if (delta.extra_content !== undefined) this.#state.extra_content = delta.extra_content;
    if (events.length > 0) this.#spoke = true;
    return events;
  }

  /** Pieces of one block of thought are joined: the provider wants the blocks back, not their pieces. */
  #takeDetail(detail: JsonObject): void {
    const last = this.#details.at(-1);
    if (last === undefined || last.type !== detail.type || last.index !== detail.index) {
      this.#details.push(detail);
      return;
    }
    const joined: Record<string, JsonValue> = { ...last, ...detail };
    for (const field of ['text', 'summary', 'data'] as const) {
      if (typeof last[field] === 'string') joined[field] = last[field] + (typeof detail[field] === 'string' ? detail[field] : '');
    }
    for (const field of ['signature', 'id', 'format'] as const) {
      if (joined[field] == null && last[field] != null) joined[field] = last[field];
    }
    this.#details[this.#details.length - 1] = joined;
  }

  #opaque(): JsonObject | undefined {
    const all: JsonObject = {
      ...this.#state,
      ...(this.#reasoning.length > 0 ? { reasoning_content: this.#reasoning.join('') } : {}),
      ...(this.#details.length > 0 ? { reasoning_details: this.#details } : {}),
    };
    const wanted = this.#endpoint.provider.quirks.returns.flatMap((field) =>
      all[field] === undefined ? [] : [[field, all[field]] as const],
    );
    return wanted.length === 0 ? undefined : Object.fromEntries(wanted);
  }

  #bad(what: string): PyraError {
    return new PyraError('model/bad-response', `${this.#endpoint.provider.displayName} ${what}`, { hint: 'check ai.base_url' });
  }
}

/** The text of `delta.content`: a string, or the typed parts that some servers send. */
function contentParts(content: JsonValue | undefined): readonly ModelEvent[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text-delta', text: content }];
  if (!Array.isArray(content)) return [];
  return (content as readonly JsonValue[]).flatMap((part): readonly ModelEvent[] => {
    if (!isJsonObject(part)) return [];
    if (typeof part.text === 'string' && part.text !== '') return [{ type: 'text-delta', text: part.text }];
    if (part.type !== 'thinking') return [];
    const thought = Array.isArray(part.thinking) ? contentParts(part.thinking as readonly JsonValue[]) : contentParts(part.thinking);
    return thought.flatMap((event) => (event.type === 'text-delta' ? [{ type: 'reasoning-delta', text: event.text } as const] : []));
  });
}

function firstText(...values: readonly (JsonValue | undefined)[]): string {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? '';
}

function usageOf(value: JsonValue | undefined): TokenUsage | undefined {
  if (!isJsonObject(value) || typeof value.prompt_tokens !== 'number') return undefined;
  return { inputTokens: value.prompt_tokens, outputTokens: typeof value.completion_tokens === 'number' ? value.completion_tokens : 0 };
}

/** Why the model stopped; `undefined` where the server says that it failed. */
function endReason(finish: string): EndReason | undefined {
  switch (finish.toLowerCase()) {
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
    case 'tool_use':
      return 'tool-calls';
    case 'content_filter':
    case 'safety':
    case 'refusal':
      return 'content-filter';
    case 'error':
    case 'insufficient_system_resource':
    case 'abort':
      return undefined;
    default:
      return 'stop';
  }
}
