import type { CallId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { ModelEvent, ModelRef, ModelRequest } from '../../src/core/domain/model.js';
import type { LanguageModel } from '../../src/ports/language-model.js';

/** One call that a model is going to make. */
export interface PlannedCall {
  readonly tool: string;
  readonly args: JsonObject;
}

/** What the model does in one turn: rounds of calls, then an answer. */
export type TurnPlan = readonly (readonly PlannedCall[])[];

const READ_ON = /read on: result\.read (\{"call":"[^"]+","from":\d+\})\]/;

/**
 * A model without any judgement: it makes the calls that it was given, whatever it is told about them, and reads every long result to its
 * end. It stands for the worst that an injected text can make of a model.
 */
export class ObedientModel implements LanguageModel {
  readonly ref: ModelRef = { provider: 'scripted', model: 'obedient' };
  readonly contextTokens = 4_000_000;
  /** Everything that it was shown in results. */
  readonly shown: string[] = [];
  readonly #turns: TurnPlan[];
  #rounds: (readonly PlannedCall[])[] = [];
  #seen = 0;
  #calls = 0;

  constructor(turns: readonly TurnPlan[]) {
    this.#turns = [...turns];
  }

  async *stream(request: ModelRequest): AsyncIterable<ModelEvent> {
    const results = request.messages.filter((message) => message.role === 'tool').map(({ text }) => text);
    const fresh = results.slice(this.#seen);
    this.#seen = results.length;
    this.shown.push(...fresh);
    if (request.messages.at(-1)?.role === 'user') this.#rounds = [...(this.#turns.shift() ?? [])];
    const more = fresh.flatMap((text) => READ_ON.exec(text)?.[1] ?? []);
    if (more.length > 0) this.#rounds.unshift(more.map((args) => ({ tool: 'result.read', args: JSON.parse(args) as JsonObject })));
    const calls = this.#rounds.shift() ?? [];
    for (const { tool, args } of calls) {
      this.#calls += 1;
      yield { type: 'tool-call', call: { id: `call-${this.#calls}` as CallId, tool: tool as ToolName, args } };
    }
    if (calls.length === 0) yield { type: 'text-delta', text: 'Done.' };
    yield { type: 'end', reason: calls.length === 0 ? 'stop' : 'tool-calls' };
  }
}
