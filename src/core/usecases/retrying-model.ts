import type { LanguageModel } from '../../ports/language-model.js';
import type { System } from '../../ports/system.js';
import { isPyraError, type PyraError } from '../domain/errors.js';
import { millisecondsOf } from '../domain/identifiers.js';
import type { ModelEvent, ModelRef, ModelRequest } from '../domain/model.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const LONGEST_ASKED_WAIT_MS = 60_000;
const MOST_RETRIES = 4;
const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A model that asks again when a request failed in a way that may pass: at most 4 times, after 0.5 s doubling to 8 s (less up to a
 * quarter by chance, so that many callers spread out) or after what the provider asked for, up to 60 s. Never once a delta or a call came.
 */
export class RetryingModel implements LanguageModel {
  readonly #inner: LanguageModel;
  readonly #system: System;
  readonly #limitMs: number;

  /** `limitMs` is how long a request may take with all its waits: no retry begins after that. */
  constructor(inner: LanguageModel, system: System, limitMs = Number.POSITIVE_INFINITY) {
    this.#inner = inner;
    this.#system = system;
    this.#limitMs = limitMs;
  }

  get ref(): ModelRef {
    return this.#inner.ref;
  }

  get contextTokens(): number {
    return this.#inner.contextTokens;
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const end = millisecondsOf(this.#system.now()) + this.#limitMs;
    for (let attempt = 1; ; attempt += 1) {
      let began = false;
      try {
        for await (const event of this.#inner.stream(request, signal)) {
          if (event.type !== 'retry') began = true;
          yield event;
        }
        return;
      } catch (error) {
        if (began || !isPyraError(error)) throw error;
        const waitMs = this.#waitBefore(attempt, error);
        if (waitMs === undefined || millisecondsOf(this.#system.now()) + waitMs > end) throw error;
        yield { type: 'retry', attempt, waitMs, why: error.message };
        await this.#system.wait(waitMs, signal);
      }
    }
  }

  /** How long to wait before retry number `attempt`; `undefined` to give up. */
  #waitBefore(attempt: number, error: PyraError): number | undefined {
    // What a model garbled does not mend by waiting: the assistant asks it once more itself.
    if (error.code === 'model/bad-response') return undefined;
    if (!error.retryable || attempt > Math.min(MOST_RETRIES, error.retryLimit ?? MOST_RETRIES)) return undefined;
    if (error.retryAfterMs !== undefined) return error.retryAfterMs <= LONGEST_ASKED_WAIT_MS ? error.retryAfterMs : undefined;
    const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
    return Math.round(full * (1 - this.#chance() / 4));
  }

  /** A number from 0 up to 1, out of the only source of chance that the core has. */
  #chance(): number {
    const id = this.#system.id();
    return Math.max(0, ID_ALPHABET.indexOf(id.charAt(0))) / ID_ALPHABET.length;
  }
}
