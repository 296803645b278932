import { PyraError } from '../../core/domain/errors.js';
import type { ModelEvent, ModelRef, ModelRequest } from '../../core/domain/model.js';
import type { LanguageModel } from '../../ports/language-model.js';

/** What a scripted model does in one round: these events, what a function of the request gives, or a failure. */
export type ScriptedRound = readonly ModelEvent[] | ((request: ModelRequest) => readonly ModelEvent[] | Error) | Error;

/** How a scripted model differs from a plain one. */
export interface ScriptedModelOptions {
  readonly ref?: ModelRef;
  /** In tokens; 16,000 when absent. */
  readonly contextTokens?: number;
  /** Called before each event; lets a test wait or abort in the middle of an answer. */
  readonly beforeEvent?: (event: ModelEvent) => Promise<void> | void;
}

/** A language model that plays rounds from a script and remembers what it was asked. For tests and the offline tour. */
export class ScriptedModel implements LanguageModel {
  readonly ref: ModelRef;
  readonly contextTokens: number;
  /** The requests so far, oldest first. */
  readonly requests: ModelRequest[] = [];
  readonly #rounds: readonly ScriptedRound[];
  readonly #beforeEvent: (event: ModelEvent) => Promise<void> | void;

  constructor(rounds: readonly ScriptedRound[], options: ScriptedModelOptions = {}) {
    this.#rounds = rounds;
    this.ref = options.ref ?? { provider: 'scripted', model: 'scripted' };
    this.contextTokens = options.contextTokens ?? 16_000;
    this.#beforeEvent = options.beforeEvent ?? (() => undefined);
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    signal.throwIfAborted();
    const round = this.#rounds[this.requests.length];
    this.requests.push(request);
    const events = typeof round === 'function' ? round(request) : round;
    if (events === undefined) throw new PyraError('model/bad-response', 'the script has no further round');
    if (events instanceof Error) throw events;
    let ended = false;
    for (const event of events) {
      await this.#beforeEvent(event);
      signal.throwIfAborted();
      yield event;
      ended = event.type === 'end';
    }
    if (!ended) throw new PyraError('model/network', 'the answer broke off before its end', { retryable: true });
  }
}
