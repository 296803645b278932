import { expect } from 'chai';
import fc from 'fast-check';
import { AnswerAssembler } from '../../../../src/adapters/openai/answer-assembler.js';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';
import type { JsonObject, JsonValue } from '../../../../src/core/domain/json.js';
import type { EndReason, ModelEvent } from '../../../../src/core/domain/model.js';
import type { ToolCall } from '../../../../src/core/domain/tool.js';

const openrouter = resolveEndpoint({ provider: 'openrouter' });

function assemble(deltas: readonly JsonObject[], finish = 'tool_calls', taken: readonly string[] = []): readonly ModelEvent[] {
  const answer = new AnswerAssembler(openrouter, new Set(taken));
  const events = deltas.flatMap((delta) => answer.take({ choices: [{ index: 0, delta, finish_reason: null }] }));
  answer.take({ choices: [{ index: 0, delta: {}, finish_reason: finish }] });
  return [...events, ...answer.end()];
}

function calls(pieces: readonly JsonObject[], taken: readonly string[] = []): readonly ToolCall[] {
  const events = assemble(
    pieces.map((piece) => ({ tool_calls: [piece] })),
    'tool_calls',
    taken,
  );
  return events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
}

const short = (list: readonly ToolCall[]) => list.map(({ tool, args }) => [tool, args]);
const piece = (fields: { index?: number; id?: string; name?: string; args?: JsonValue }): JsonObject => ({
  ...(fields.index === undefined ? {} : { index: fields.index }),
  ...(fields.id === undefined ? {} : { id: fields.id }),
  function: {
    ...(fields.name === undefined ? {} : { name: fields.name }),
    ...(fields.args === undefined ? {} : { arguments: fields.args }),
  },
});

describe('a streamed answer, put together', () => {
  it('joins arguments that are split anywhere, of calls whose pieces are interleaved', () => {
    const args = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.array(args, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(7), { minLength: 8 }),
        fc.array(fc.nat(9)),
        (all, cuts, order) => {
          const queues = all.map((one, index) => {
            const text = JSON.stringify(one);
            const size = (cuts[index] ?? 0) + 1;
            const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
            return [piece({ index, id: `id${index}`, name: `p__t${index}` }), ...pieces.map((part) => piece({ index, args: part }))];
          });
          const mixed: JsonObject[] = queues.map((queue) => queue.shift() as JsonObject);
          for (const pick of order) mixed.push(...(queues[pick % queues.length]?.splice(0, 1) ?? []));
          expect(short(calls([...mixed, ...queues.flat()]))).to.deep.equal(
            all.map((one, index) => [`p.t${index}`, JSON.parse(JSON.stringify(one))]),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes pieces without an index, by id or by order', () => {
    const byId = [
      piece({ id: 'a', name: 'p__x', args: '{"n"' }),
      piece({ id: 'b', name: 'p__y', args: '{}' }),
      piece({ id: 'a', args: ':1}' }),
    ];
    expect(short(calls(byId))).to.deep.equal([
      ['p.x', { n: 1 }],
      ['p.y', {}],
    ]);
    const byOrder = [piece({ name: 'p__x', args: '{"n":' }), piece({ args: '1}' }), piece({ name: 'p__y', args: '' })];
    expect(short(calls(byOrder))).to.deep.equal([
      ['p.x', { n: 1 }],
      ['p.y', {}],
    ]);
  });

  it('tells calls apart that all have index 0', () => {
    const pieces = [piece({ index: 0, id: 'a', name: 'p__x', args: '{}' }), piece({ index: 0, id: 'b', name: 'p__x', args: '{"n":2}' })];
    expect(short(calls(pieces))).to.deep.equal([
      ['p.x', {}],
      ['p.x', { n: 2 }],
    ]);
  });

  it('takes id and name repeated in every piece, and a name in two pieces', () => {
    const repeated = [piece({ index: 0, id: 'a', name: 'p__x', args: '{"n"' }), piece({ index: 0, id: 'a', name: 'p__x', args: ':1}' })];
    expect(short(calls(repeated))).to.deep.equal([['p.x', { n: 1 }]]);
    expect(short(calls([piece({ index: 0, id: 'a', name: 'mail__' }), piece({ index: 0, name: 'read', args: '{}' })]))).to.deep.equal([
      ['mail.read', {}],
    ]);
  });

  it('takes missing, empty, blank and null arguments as none, odd white space, and an object in place of a text', () => {
    for (const args of [undefined, '', ' \n', 'null', null, '{}', ' { } ', {}]) {
      expect(short(calls([piece({ index: 0, id: 'a', name: 'p__x', ...(args === undefined ? {} : { args }) })]))).to.deep.equal([
        ['p.x', {}],
      ]);
    }
    expect(short(calls([piece({ index: 0, id: 'a', name: ' p__x ', args: '\n\t{ "n" :\r\n 1 } ' })]))).to.deep.equal([['p.x', { n: 1 }]]);
  });

  for (const args of ['{"n":1', '[1]', '"x"', '7', '{"n":1}{"n":2}', "{'n':1}"]) {
    it(`refuses ${args} as arguments, naming the tool and not repeating them`, () => {
      expect(() => calls([piece({ index: 0, id: 'a', name: 'p__x', args })]))
        .to.throw('p.x')
        .with.property('code', 'model/bad-response');
    });
  }

  it('gives a call an id of its own when it has none, or that of another call', () => {
    const pieces = [
      piece({ index: 0, name: 'p__x' }),
      piece({ index: 1, id: '', name: 'p__x' }),
      piece({ index: 2, id: 'old', name: 'p__x' }),
      piece({ index: 3, id: 'new', name: 'p__x' }),
    ];
    const ids = calls(pieces, ['old']).map(({ id }) => id as string);
    expect(new Set(ids).size).to.equal(4);
    expect(ids).not.to.include.oneOf(['', 'old']);
    expect(ids[3]).to.equal('new');
  });

  it('gives 50 calls of one answer', () => {
    const many = Array.from({ length: 50 }, (_, index) => piece({ index, id: `c${index}`, name: 'p__x', args: `{"n":${index}}` }));
    expect(calls(many).map(({ args }) => args.n)).to.deep.equal(many.map((_, index) => index));
  });

  const reasons: readonly (readonly [finish: string, reason: EndReason])[] = [
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['tool_calls', 'stop'],
    ['length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['content_filter', 'content-filter'],
  ];
  for (const [finish, reason] of reasons) {
    it(`reads the reason ${finish} of an answer without calls as ${reason}`, () => {
      expect(assemble([{ content: 'x' }], finish).at(-1)).to.deep.equal({ type: 'end', reason });
    });
  }

  it('ends with tool-calls whatever the server calls it, and gives no call that a filter stopped', () => {
    const delta = { tool_calls: [piece({ index: 0, id: 'a', name: 'p__x' })] };
    expect(assemble([delta], 'stop').at(-1)).to.include({ reason: 'tool-calls' });
    expect(assemble([delta], 'content_filter').map(({ type }) => type)).to.deep.equal(['end']);
  });

  it('fails when the server stopped in the middle', () => {
    expect(() => assemble([{ content: 'x' }], 'error'))
      .to.throw()
      .with.property('code', 'model/overloaded');
  });

  it('takes text and thoughts in every form that servers use', () => {
    const deltas: readonly JsonObject[] = [
      { reasoning: 'a' },
      { reasoning_content: 'b', reasoning: 'b' },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'c' }] }] },
      { content: [{ type: 'text', text: 'd' }] },
      { content: null },
      { content: 'e', reasoning_content: '' },
      { refusal: 'f' },
    ];
    expect(assemble(deltas, 'stop').map((event) => ('text' in event ? `${event.type} ${event.text}` : event.type))).to.deep.equal([
      'reasoning-delta a',
      'reasoning-delta b',
      'reasoning-delta c',
      'text-delta d',
      'text-delta e',
      'text-delta f',
      'end',
    ]);
  });

  it('joins the pieces of a thought that must go back', () => {
    const detail = (fields: JsonObject): JsonObject => ({ reasoning_details: [{ type: 'reasoning.text', index: 0, ...fields }] });
    const end = assemble([detail({ text: 'one ' }), detail({ text: 'two' }), detail({ signature: 'S' })], 'stop').at(-1);
    expect(end).to.have.deep.property('opaque', {
      provider: 'openrouter',
      value: { reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'one two', signature: 'S' }] },
    });
  });

  it('takes usage from wherever it comes, and odd chunks without harm', () => {
    const answer = new AnswerAssembler(openrouter, new Set());
    for (const chunk of [
      {},
      { choices: [] },
      { choices: 'x' },
      { choices: [null] },
      { choices: [{ delta: null }] },
      { prompt_filter_results: [] },
    ]) {
      expect(answer.take(chunk)).to.deep.equal([]);
    }
    answer.take({ choices: [{ delta: {}, finish_reason: 'stop' }], x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } } });
    expect(answer.end()).to.deep.equal([{ type: 'end', reason: 'stop', usage: { inputTokens: 3, outputTokens: 4 } }]);
  });

  it('never throws anything but a PyraError, whatever the stream holds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (chunks) => {
        const answer = new AnswerAssembler(openrouter, new Set());
        try {
          for (const chunk of chunks) answer.take({ choices: [{ delta: chunk as JsonValue, finish_reason: 'stop' }] });
          for (const chunk of chunks)
            answer.take({ choices: [{ delta: { tool_calls: [chunk as JsonValue], content: chunk as JsonValue } }] });
          answer.end();
        } catch (error) {
          expect((error as { code?: string }).code).to.match(/^model\//);
        }
      }),
    );
  });
});
