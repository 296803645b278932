import type { ModelEvent } from '../domain/model.js';
import type { Redactor } from '../domain/redaction.js';
import { StreamedRedaction } from '../domain/streamed-redaction.js';
import type { TurnEvent } from '../domain/turn.js';

type Delta = Extract<TurnEvent, { type: 'text-delta' | 'reasoning-delta' }>;

/** An answer as the person sees it while it comes: text and reasoning without any released value. */
export class ShownAnswer {
  readonly #redactor: Redactor;
  #type: Delta['type'] = 'text-delta';
  #redaction: StreamedRedaction;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    this.#redaction = new StreamedRedaction(redactor);
  }

  /** Takes an event of the model; gives what can be shown by now. */
  *add(event: ModelEvent): Iterable<Delta> {
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') {
      if (event.type !== 'retry') yield* this.end();
      return;
    }
    if (event.type !== this.#type) {
      yield* this.end();
      this.#type = event.type;
    }
    yield* this.#delta(this.#redaction.push(event.text));
  }

  /** Gives what was held back; what comes next is a text of its own. */
  *end(): Iterable<Delta> {
    const rest = this.#redaction.end();
    this.#redaction = new StreamedRedaction(this.#redactor);
    yield* this.#delta(rest);
  }

  *#delta(text: string): Iterable<Delta> {
    if (text !== '') yield { type: this.#type, text };
  }
}
