import type { Instant } from '../domain/identifiers.js';
import type { AssistantMessage } from '../domain/message.js';
import type { EndReason, ModelEvent, TokenUsage } from '../domain/model.js';
import type { OpaqueState, ToolCall } from '../domain/tool.js';

/** What a model said in one round. */
export interface Answer {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly reason: EndReason;
  readonly usage?: TokenUsage;
}

/** Collects the events of one round into a message, whole or interrupted. */
export class AnswerInProgress {
  readonly #text: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #calls: ToolCall[] = [];
  #opaque: OpaqueState | undefined;

  /** Takes one event; gives the answer when it was the last. */
  add(event: ModelEvent): Answer | undefined {
    if (event.type === 'text-delta') this.#text.push(event.text);
    if (event.type === 'reasoning-delta') this.#reasoning.push(event.text);
    if (event.type === 'tool-call') this.#calls.push(event.call);
    if (event.type !== 'end') return undefined;
    this.#opaque = event.opaque;
    const answer = { text: this.#text.join(''), calls: this.#calls, reason: event.reason };
    return event.usage === undefined ? answer : { ...answer, usage: event.usage };
  }

  /** Whether nothing came that the person saw or that should be kept. */
  isEmpty(): boolean {
    return this.#text.length === 0 && this.#reasoning.length === 0;
  }

  /** The whole answer as a message. */
  message(at: Instant): AssistantMessage {
    const message: AssistantMessage = { role: 'assistant', text: this.#text.join(''), calls: this.#calls, at };
    return {
      ...message,
      ...(this.#reasoning.length === 0 ? {} : { reasoning: this.#reasoning.join('') }),
      ...(this.#opaque === undefined ? {} : { opaque: this.#opaque }),
    };
  }

  /** What came before the answer broke off. Its calls are left out: none of them was run. */
  interrupted(at: Instant): AssistantMessage {
    return { ...this.message(at), calls: [], interrupted: true };
  }
}
