import { expect } from 'chai';
import { type ErrorCode, isPyraError } from '../../src/core/domain/errors.js';
import type { CallId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { ModelEvent, ModelRequest, TokenUsage } from '../../src/core/domain/model.js';
import type { LanguageModel } from '../../src/ports/language-model.js';
import type { Subject } from '../support/harness.js';

/** What the model behind the port does with one request. */
export type ModelBehaviour =
  | {
      readonly does: 'answer';
      readonly reasoning?: string;
      readonly text: readonly string[];
      readonly calls?: readonly { readonly id: string; readonly tool: string; readonly args: JsonObject }[];
      readonly usage: TokenUsage;
      /** Milliseconds between two deltas. */
      readonly pause?: number;
    }
  /** Says the text and stops without an end. */
  | { readonly does: 'break-off'; readonly text: string }
  /** Calls the tool with arguments that are no JSON. */
  | { readonly does: 'garble-call'; readonly tool: string }
  | { readonly does: 'fail'; readonly code: ErrorCode; readonly retryAfterMs?: number };

/** One row of the table: a model that behaves as told, request by request. */
export interface LanguageModelHarness {
  readonly name: string;
  create(behaviours: readonly ModelBehaviour[]): Promise<Subject<LanguageModel>>;
}

/** A canary that stands for the key: it must be in no error. */
export const KEY = 'sk-contract-CANARY-0123456789abcdef';

const REQUEST: ModelRequest = {
  system: 'You are Pyra.',
  messages: [{ role: 'user', text: 'hello' }],
  tools: [
    {
      name: 'email.search' as ToolName,
      description: 'search mail',
      parameters: { type: 'object', properties: { query: { type: 'string' } } },
      effect: 'read',
      destinations: [],
      approval: 'none',
    },
  ],
};

const USAGE: TokenUsage = { inputTokens: 12, outputTokens: 34 };

/** What every LanguageModel guarantees. */
export function languageModelContract(harness: LanguageModelHarness): void {
  describe(`${harness.name} as a language model`, () => {
    let subject: Subject<LanguageModel> | undefined;

    const start = async (...behaviours: ModelBehaviour[]): Promise<LanguageModel> => {
      subject = await harness.create(behaviours);
      return subject.port;
    };

    afterEach(async () => {
      await subject?.dispose?.();
      subject = undefined;
    });

    it('names its model and knows the size of its context', async () => {
      const model = await start();
      expect(model.ref.provider).to.be.a('string').and.not.equal('');
      expect(model.ref.model).to.be.a('string').and.not.equal('');
      expect(model.contextTokens).to.be.greaterThan(1_000);
    });

    it('streams the text as deltas, then one end with usage', async () => {
      const text = ['Grüße', ' aus ', 'Köln ✓ 👩‍👩‍👧', '\n\n', '  x '];
      const model = await start({ does: 'answer', text, usage: USAGE });
      const events = await collect(model, REQUEST);
      expect(textOf(events)).to.equal(text.join(''));
      expect(events.filter(({ type }) => type === 'end')).to.have.length(1);
      expect(events.at(-1)).to.include({ type: 'end', reason: 'stop' }).and.to.have.deep.property('usage', USAGE);
    });

    it('gives thoughts apart from the answer', async () => {
      const model = await start({ does: 'answer', reasoning: 'hmm', text: ['yes'], usage: USAGE });
      const events = await collect(model, REQUEST);
      expect(events.filter(({ type }) => type === 'reasoning-delta')).to.deep.equal([{ type: 'reasoning-delta', text: 'hmm' }]);
      expect(textOf(events)).to.equal('yes');
    });

    it('gives every call once, complete and parsed, with the name that tools have in Pyra, before the end', async () => {
      const calls = [
        { id: 'call-1', tool: 'email.search', args: { query: 'Zoë "x"\n', limit: 3, nested: { list: [1, null, true] } } },
        { id: 'call-2', tool: 'email.search', args: {} },
        { id: 'call-3', tool: 'service-manager.restart_all', args: { name: '__a.b__' } },
      ];
      const model = await start({ does: 'answer', text: ['let me see'], calls, usage: USAGE });
      const events = await collect(model, REQUEST);
      expect(events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []))).to.deep.equal(calls);
      expect(events.at(-1)).to.include({ type: 'end', reason: 'tool-calls' });
      expect(textOf(events)).to.equal('let me see');
    });

    it('takes calls and results of earlier rounds', async () => {
      const model = await start({ does: 'answer', text: ['done'], usage: USAGE });
      const id = 'call-1' as CallId;
      const tool = 'email.search' as ToolName;
      const request: ModelRequest = {
        ...REQUEST,
        messages: [
          { role: 'user', text: 'find it' },
          { role: 'assistant', text: '', calls: [{ id, tool, args: { query: 'x' } }] },
          { role: 'tool', call: id, tool, text: '' },
        ],
      };
      expect(textOf(await collect(model, request))).to.equal('done');
    });

    it('answers one request after the other', async () => {
      const model = await start({ does: 'answer', text: ['one'], usage: USAGE }, { does: 'answer', text: ['two'], usage: USAGE });
      expect(textOf(await collect(model, REQUEST))).to.equal('one');
      expect(textOf(await collect(model, REQUEST))).to.equal('two');
    });

    it('keeps what came when the answer breaks off, and then fails', async () => {
      const model = await start({ does: 'break-off', text: 'half an ans' });
      const { events, error } = await attempt(model, REQUEST);
      expect(textOf(events)).to.equal('half an ans');
      expect(events.some(({ type }) => type === 'end')).to.equal(false);
      expectError(error, 'model/network');
    });

    it('refuses a call with garbled arguments, naming the tool', async () => {
      const model = await start({ does: 'garble-call', tool: 'email.search' });
      const { events, error } = await attempt(model, REQUEST);
      expect(events.some(({ type }) => type === 'tool-call' || type === 'end')).to.equal(false);
      expectError(error, 'model/bad-response');
      expect((error as Error).message).to.include('email.search');
    });

    for (const code of ['model/auth', 'model/not-found', 'model/rate-limited', 'model/overloaded', 'model/context-overflow'] as const) {
      it(`fails with ${code}, a hint and no secret`, async () => {
        const model = await start({ does: 'fail', code });
        const { events, error } = await attempt(model, REQUEST);
        expect(events.filter(({ type }) => type !== 'retry')).to.deep.equal([]);
        expectError(error, code);
        expect((error as { hint?: string }).hint).to.be.a('string');
      });
    }

    it('tells how long the provider asks to wait', async () => {
      const model = await start({ does: 'fail', code: 'model/rate-limited', retryAfterMs: 90_000 });
      const { error } = await attempt(model, REQUEST);
      expectError(error, 'model/rate-limited');
      expect(error).to.include({ retryAfterMs: 90_000, retryable: true });
    });

    it('stops within a second of an abort, with the reason of the signal', async () => {
      const model = await start({ does: 'answer', text: Array.from({ length: 500 }, (_, index) => `${index} `), usage: USAGE, pause: 20 });
      const controller = new AbortController();
      const events: ModelEvent[] = [];
      let aborted = 0;
      try {
        for await (const event of model.stream(REQUEST, controller.signal)) {
          events.push(event);
          if (aborted > 0) continue;
          aborted = Date.now();
          controller.abort();
        }
        expect.fail('the stream went on to its end');
      } catch (error) {
        expect(error).to.equal(controller.signal.reason);
      }
      expect(Date.now() - aborted).to.be.lessThan(1_000);
      expect(events.some(({ type }) => type === 'end')).to.equal(false);
    });

    it('does not start when the signal is aborted already', async () => {
      const model = await start({ does: 'answer', text: ['never'], usage: USAGE });
      const { events, error } = await attempt(model, REQUEST, AbortSignal.abort());
      expect(events).to.deep.equal([]);
      expect((error as Error).name).to.equal('AbortError');
    });

    it('can be left early', async () => {
      const model = await start({ does: 'answer', text: ['one ', 'two '], usage: USAGE }, { does: 'answer', text: ['next'], usage: USAGE });
      for await (const event of model.stream(REQUEST, new AbortController().signal)) if (event.type === 'text-delta') break;
      expect(textOf(await collect(model, REQUEST))).to.equal('next');
    });
  });
}

/** All events of one request. */
export async function collect(
  model: LanguageModel,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, signal)) events.push(event);
  return events;
}

/** The events that came, and what was thrown after them. */
export async function attempt(
  model: LanguageModel,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly events: ModelEvent[]; readonly error: unknown }> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.stream(request, signal)) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** The whole text of an answer. */
export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

function expectError(error: unknown, code: ErrorCode): void {
  expect(isPyraError(error), String(error)).to.equal(true);
  expect((error as { code: string }).code).to.equal(code);
  expect(JSON.stringify([error, (error as Error).message, String((error as Error).stack)])).not.to.include('CANARY');
}
