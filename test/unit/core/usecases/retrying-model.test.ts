import { expect } from 'chai';
import { ScriptedModel, type ScriptedRound } from '../../../../src/adapters/in-memory/scripted-model.js';
import { PyraError, type PyraErrorDetails } from '../../../../src/core/domain/errors.js';
import type { ModelEvent, ModelRequest } from '../../../../src/core/domain/model.js';
import { RetryingModel } from '../../../../src/core/usecases/retrying-model.js';
import type { System } from '../../../../src/ports/system.js';
import { FakeSystem } from '../../../support/fake-system.js';

const REQUEST: ModelRequest = { system: '', messages: [], tools: [] };
const ANSWER: ScriptedRound = [
  { type: 'text-delta', text: 'hello' },
  { type: 'end', reason: 'stop' },
];

function busy(details: PyraErrorDetails = {}): PyraError {
  return new PyraError('model/overloaded', 'busy', { retryable: true, ...details });
}

async function run(
  rounds: readonly ScriptedRound[],
  options: { readonly id?: string; readonly limitMs?: number; readonly signal?: AbortSignal } = {},
): Promise<{ events: ModelEvent[]; error: unknown; waits: readonly number[]; asked: number }> {
  const system = new FakeSystem(options.id);
  const scripted = new ScriptedModel(rounds);
  const model = new RetryingModel(scripted, system as unknown as System, options.limitMs);
  const events: ModelEvent[] = [];
  let error: unknown;
  try {
    for await (const event of model.stream(REQUEST, options.signal ?? new AbortController().signal)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  return { events, error, waits: system.waits, asked: scripted.requests.length };
}

describe('the retrying model', () => {
  it('asks again and says so', async () => {
    const { events, error, asked } = await run([busy(), ANSWER]);
    expect(error).to.equal(undefined);
    expect(events[0]).to.deep.equal({ type: 'retry', attempt: 1, waitMs: 500, why: 'busy' });
    expect(events.slice(1)).to.deep.equal(ANSWER);
    expect(asked).to.equal(2);
  });

  it('waits 0.5 s and twice as long each time, at most four times', async () => {
    const { waits, error, asked } = await run([busy(), busy(), busy(), busy(), busy(), ANSWER]);
    expect(waits).to.deep.equal([500, 1_000, 2_000, 4_000]);
    expect(error).to.include({ code: 'model/overloaded' });
    expect(asked).to.equal(5);
  });

  it('waits less by chance, by a quarter at most', async () => {
    for (const first of 'AZaz09') {
      const { waits } = await run([busy(), busy(), ANSWER], { id: first.repeat(22) });
      expect(waits[0]).to.be.within(375, 500);
      expect(waits[1]).to.be.within(750, 1_000);
    }
    expect((await run([busy(), ANSWER], { id: '9'.repeat(22) })).waits[0]).to.be.lessThan(400);
  });

  it('waits as long as the provider asks, up to a minute', async () => {
    expect((await run([busy({ retryAfterMs: 60_000 }), busy({ retryAfterMs: 0 }), ANSWER])).waits).to.deep.equal([60_000, 0]);
    const { waits, error } = await run([busy({ retryAfterMs: 60_001, hint: 'try again in 61 s' }), ANSWER]);
    expect(waits).to.deep.equal([]);
    expect(error).to.include({ hint: 'try again in 61 s' });
  });

  it('asks a refused loopback connection once more only', async () => {
    const refused = new PyraError('model/network', 'nothing answers', { retryable: true, retryLimit: 1 });
    const { asked, error } = await run([refused, refused, ANSWER]);
    expect(asked).to.equal(2);
    expect(error).to.equal(refused);
  });

  it('does not ask again for what will not pass', async () => {
    const { asked, error } = await run([new PyraError('model/auth', 'no'), ANSWER]);
    expect(asked).to.equal(1);
    expect(error).to.include({ code: 'model/auth' });
    expect((await run([new Error('a fault of ours'), ANSWER])).asked).to.equal(1);
    expect((await run([new PyraError('model/bad-response', 'garbled', { retryable: true }), ANSWER])).asked).to.equal(1);
  });

  it('does not ask again once a delta came', async () => {
    const { events, error, asked } = await run([[{ type: 'text-delta', text: 'half' }], ANSWER]);
    expect(events).to.deep.equal([{ type: 'text-delta', text: 'half' }]);
    expect(error).to.include({ code: 'model/network', retryable: true });
    expect(asked).to.equal(1);
  });

  it('begins no retry after its time', async () => {
    const { waits, error } = await run([busy(), busy(), busy(), ANSWER], { limitMs: 2_000 });
    expect(waits).to.deep.equal([500, 1_000]);
    expect(error).to.include({ code: 'model/overloaded' });
  });

  it('stops waiting on an abort', async () => {
    const controller = new AbortController();
    const rounds: ScriptedRound[] = [
      () => {
        controller.abort();
        return busy();
      },
      ANSWER,
    ];
    const { error, asked } = await run(rounds, { signal: controller.signal });
    expect(error).to.equal(controller.signal.reason);
    expect(asked).to.equal(1);
  });
});
