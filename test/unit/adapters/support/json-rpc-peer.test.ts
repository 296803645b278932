import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { JsonRpcPeer, type JsonRpcPeerParts, type RpcEnd } from '../../../../src/adapters/support/json-rpc-peer.js';
import { RpcError } from '../../../../src/adapters/support/rpc-error.js';

interface Asks {
  readonly double: { readonly params: { readonly text: string }; readonly result: { readonly text: string } };
  readonly wait: { readonly params: object; readonly result: object };
}

interface Tells {
  readonly note: { readonly text: string };
}

const MAX = 1_000;

/** A peer whose other side is written by hand. */
function alone(parts: Partial<JsonRpcPeerParts> = {}) {
  const input = new PassThrough();
  const output = new PassThrough({ highWaterMark: MAX });
  const ends: RpcEnd[] = [];
  const peer = new JsonRpcPeer<Asks, Tells>({
    input,
    output,
    maxFrameBytes: MAX,
    methods: {},
    notices: {},
    onEnd: (why) => ends.push(why),
    ...parts,
  });
  const say = async (...pieces: readonly (string | Uint8Array)[]): Promise<void> => {
    for (const piece of pieces) input.write(piece);
    await settled();
  };
  const heard = (): readonly Record<string, unknown>[] => {
    let text = '';
    for (let piece = output.read(); piece !== null; piece = output.read()) text += String(piece);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  };
  return { peer, input, output, ends, say, heard };
}

/** Two peers that speak with each other. */
function pair(methods: JsonRpcPeerParts['methods'], notices: JsonRpcPeerParts['notices'] = {}) {
  const there = new PassThrough();
  const back = new PassThrough();
  const ends: RpcEnd[] = [];
  const common = { maxFrameBytes: MAX, onEnd: (why: RpcEnd) => ends.push(why) };
  const one = new JsonRpcPeer<Asks, Tells>({ ...common, input: back, output: there, methods: {}, notices: {} });
  const other = new JsonRpcPeer<Asks, Tells>({ ...common, input: there, output: back, methods, notices });
  return { one, other, there, back, ends };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const frame = (value: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...value })}\n`;
const faultOf = (ends: readonly RpcEnd[]): string => {
  expect(ends).to.have.lengthOf(1);
  const [end] = ends;
  return end?.kind === 'fault' ? end.reason : 'closed';
};

describe('a peer of a JSON-RPC connection', () => {
  it('asks and is answered, in whatever order', async () => {
    const { peer, say, heard } = alone();
    const answers = ['a', 'b', 'c'].map((text) => peer.request('double', { text }).answer);
    expect(heard()).to.deep.equal(
      ['a', 'b', 'c'].map((text, index) => ({ jsonrpc: '2.0', id: index + 1, method: 'double', params: { text } })),
    );
    await say(frame({ id: 3, result: { text: 'cc' } }), frame({ id: 1, result: { text: 'aa' } }), frame({ id: 2, result: { text: 'bb' } }));
    expect(await Promise.all(answers)).to.deep.equal([{ text: 'aa' }, { text: 'bb' }, { text: 'cc' }]);
  });

  it('carries any text whole, wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (text, cuts) => {
          const said: string[] = [];
          const { input } = alone({ notices: { note: (params) => said.push(String(params.text)) } });
          const bytes = Buffer.from(frame({ method: 'note', params: { text: `${text}\u2028\u2029\r` } }));
          for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            input.write(bytes.subarray(from, from + size));
            from += size;
          }
          await new Promise(setImmediate);
          expect(said).to.deep.equal([`${text.toWellFormed()}\u2028\u2029\r`]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('tells what was told, and passes over empty lines and what it does not know', async () => {
    const said: string[] = [];
    const { say, ends } = alone({ notices: { note: ({ text }) => said.push(String(text)) } });
    await say('\n\r\n', frame({ method: 'note', params: { text: 'x' } }), frame({ method: 'other' }), frame({ method: 'toString' }));
    expect(said).to.deep.equal(['x']);
    expect(ends).to.deep.equal([]);
  });

  it('answers with the message of an RpcError, and with nothing of any other error', async () => {
    const { one } = pair({
      double: async () => {
        throw new RpcError(-32001, 'that cannot be doubled');
      },
      wait: async () => {
        throw new Error('the password is hunter2');
      },
    });
    const refused = await one.request('double', { text: '' }).answer.catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(RpcError);
    expect(refused).to.include({ code: -32001, message: 'that cannot be doubled' });
    expect(await one.request('wait', {}).answer.catch((error: unknown) => error)).to.include({ code: -32603, message: 'it broke' });
  });

  it('answers that there is no such method, also for names that every object has', async () => {
    const { say, heard } = alone();
    await say(frame({ id: 1, method: 'nothing' }), frame({ id: 'b', method: 'constructor' }));
    expect(heard().map(({ id, error }) => [id, (error as { code: number }).code])).to.deep.equal([
      [1, -32601],
      ['b', -32601],
    ]);
  });

  it('cancels: the asking side is done at once, the other side is told and may still answer', async () => {
    const told: unknown[] = [];
    const { one, ends } = pair({
      wait: (_params, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            told.push((signal.reason as Error).name);
            setTimeout(() => resolve({}), 20);
          });
        }),
    });
    const controller = new AbortController();
    const { answer, answered } = one.request('wait', {}, controller.signal);
    await settled();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await answer.catch((error: unknown) => error)).to.equal(reason);
    let late = false;
    void answered.then(() => {
      late = true;
    });
    await settled();
    expect(late).to.equal(false);
    await answered;
    expect(told).to.deep.equal(['AbortError']);
    expect(ends).to.deep.equal([]);
  });

  it('sends nothing for a request that was aborted before', async () => {
    const { peer, heard } = alone();
    const reason = new Error('enough');
    expect(await peer.request('wait', {}, AbortSignal.abort(reason)).answer.catch((error: unknown) => error)).to.equal(reason);
    expect(heard()).to.deep.equal([]);
  });

  it('rejects what waits when the other side is gone, and aborts what is being answered', async () => {
    let aborted = false;
    const { peer, input, say, ends } = alone({
      methods: {
        wait: (_params, signal) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      },
    });
    await say(frame({ id: 1, method: 'wait' }));
    const { answer, answered } = peer.request('wait', {});
    input.end();
    expect(await answer.catch((error: unknown) => error)).to.have.property('message', 'the other side is gone');
    await answered;
    await settled();
    expect(aborted).to.equal(true);
    expect(ends).to.deep.equal([{ kind: 'closed' }]);
    expect(await peer.request('wait', {}).answer.catch((error: unknown) => error)).to.be.instanceOf(Error);
  });

  it('can be closed from this side, with a reason, and tells its owner nothing then', async () => {
    const { peer, input, ends } = alone();
    const { answer } = peer.request('wait', {});
    const reason = new Error('closed');
    peer.close(reason);
    peer.close();
    input.end();
    expect(await answer.catch((error: unknown) => error)).to.equal(reason);
    await settled();
    expect(ends).to.deep.equal([]);
  });

  it('takes a frame of the greatest size, and no longer one', async () => {
    const said: number[] = [];
    const subject = alone({ notices: { note: ({ text }) => said.push(String(text).length) } });
    const empty = frame({ method: 'note', params: { text: '' } }).length - 1;
    await subject.say(frame({ method: 'note', params: { text: 'x'.repeat(MAX - empty) } }));
    expect(said).to.deep.equal([MAX - empty]);
    await subject.say(frame({ method: 'note', params: { text: 'x'.repeat(MAX - empty + 1) } }));
    expect(faultOf(subject.ends)).to.equal(`a frame is longer than ${MAX} bytes`);
  });

  it('keeps no more than one frame of a line that never ends', async () => {
    const { say, ends } = alone();
    await say('x'.repeat(MAX), 'y');
    expect(faultOf(ends)).to.equal(`a frame is longer than ${MAX} bytes`);
  });

  it('refuses to send a frame that is too long', async () => {
    const { peer, heard } = alone();
    expect(() => peer.notify('note', { text: 'x'.repeat(MAX) })).to.throw(RangeError);
    expect(await peer.request('double', { text: 'x'.repeat(MAX) }).answer.catch((error: unknown) => error)).to.be.instanceOf(RangeError);
    expect(heard()).to.deep.equal([]);
  });

  it('answers an error where the answer itself is too long', async () => {
    const { one } = pair({ double: async () => ({ text: 'x'.repeat(MAX) }) });
    expect(await one.request('double', { text: '' }).answer.catch((error: unknown) => error)).to.include({
      message: 'the answer is too large',
    });
  });

  const faults: readonly (readonly [what: string, pieces: readonly (string | Uint8Array)[], reason: RegExp])[] = [
    ['what is not JSON', ['hello\n'], /not JSON/],
    ['half a frame', ['{"jsonrpc":"2.0",\n'], /not JSON/],
    ['what is not UTF-8', [Uint8Array.of(0x7b, 0xff, 0x7d, 0x0a)], /not UTF-8/],
    ['a byte order mark', ['\ufeff{}\n'], /not JSON/],
    ['another version', ['{"jsonrpc":"1.0","method":"note"}\n'], /no JSON-RPC 2\.0/],
    ['a batch', [`[${frame({ method: 'note' }).trim()}]\n`], /no JSON-RPC 2\.0/],
    ['a number', ['7\n'], /no JSON-RPC 2\.0/],
    ['a method that is no text', [frame({ method: 7 })], /method/],
    ['a method with a very long name', [frame({ method: 'x'.repeat(201) })], /method/],
    ['parameters that are a list', [frame({ method: 'note', params: [] })], /parameters/],
    ['an id that is null', [frame({ id: null, method: 'wait' })], /id of a request/],
    ['an id that is a fraction', [frame({ id: 1.5, method: 'wait' })], /id of a request/],
    ['an id that is an object', [frame({ id: {}, method: 'wait' })], /id of a request/],
    ['a request that is an answer too', [frame({ id: 1, method: 'wait', result: {} })], /at once/],
    ['an answer with both', [frame({ id: 1, result: {}, error: { code: 1, message: '' } })], /neither/],
    ['an answer with nothing', [frame({ id: 1 })], /neither/],
    ['an error without a code', [frame({ id: 1, error: { message: 'x' } })], /error/],
    ['an answer to nothing', [frame({ id: 9, result: {} })], /not asked, or twice/],
    ['an answer to an id of another kind', [frame({ id: '1', result: {} })], /not asked, or twice/],
    ['the report of a fault', [frame({ id: null, error: { code: -32700, message: 'Parse error' } })], /could not read/],
    ['deep nesting', [frame({ method: 'note', params: { x: nested(80) } })], /nested/],
    ['the same id twice at once', [frame({ id: 1, method: 'wait' }), frame({ id: 1, method: 'wait' })], /twice/],
    ['too many requests at once', Array.from({ length: 65 }, (_, id) => frame({ id, method: 'wait' })), /more than 64/],
  ];
  for (const [what, pieces, reason] of faults) {
    it(`ends at ${what}`, async () => {
      const { peer, say, ends, heard } = alone({ methods: { wait: () => new Promise(() => undefined) } });
      await say(...pieces);
      expect(faultOf(ends)).to.match(reason);
      await say(frame({ id: 77, method: 'double' }));
      peer.notify('note', { text: 'x' });
      expect(heard()).to.deep.equal([]);
    });
  }

  it('ends at a second answer to the same request', async () => {
    const { peer, say, ends } = alone();
    const { answer } = peer.request('double', { text: 'x' });
    await say(frame({ id: 1, result: { text: 'one' } }), frame({ id: 1, result: { text: 'two' } }));
    expect(await answer).to.deep.equal({ text: 'one' });
    expect(faultOf(ends)).to.match(/twice/);
  });

  it('survives nesting that would overflow the stack', async () => {
    const { input, ends } = alone({ maxFrameBytes: 4_000_000 });
    input.write(`${'['.repeat(1_900_000)}${']'.repeat(1_900_000)}\n`);
    await settled();
    expect(faultOf(ends)).to.match(/nested|not JSON/);
  });

  it('ends at a flood of frames, and of bytes', async () => {
    const few = { burst: 10, perSecond: 1 };
    const many = { burst: 1_000_000, perSecond: 1_000_000 };
    const frames = alone({ flow: { frames: few, bytes: many } });
    await frames.say(frame({ method: 'note' }).repeat(11));
    expect(faultOf(frames.ends)).to.equal('it sent too many frames in too short a time');
    const bytes = alone({ flow: { frames: many, bytes: { burst: 500, perSecond: 1 } } });
    await bytes.say(frame({ method: 'note', params: { text: 'x'.repeat(300) } }).repeat(2));
    expect(faultOf(bytes.ends)).to.equal('it sent too much in too short a time');
    const nothing = alone({ flow: { frames: few, bytes: { burst: 500, perSecond: 1 } } });
    await nothing.say('\n'.repeat(501));
    expect(faultOf(nothing.ends)).to.equal('it sent too much in too short a time');
  });

  it('does not count answers to what it asked as a flood', async () => {
    const few = { burst: 500, perSecond: 1 };
    const { peer, say, ends } = alone({ flow: { frames: { burst: 2, perSecond: 1 }, bytes: few } });
    for (let id = 1; id <= 20; id += 1) {
      const { answer } = peer.request('double', { text: '' });
      await say(frame({ id, result: { text: 'x'.repeat(100) } }));
      await answer;
    }
    expect(ends).to.deep.equal([]);
  });

  it('ends when the other side does not read, and says before when it should wait', async () => {
    const { peer, output, ends } = alone();
    let waits = 0;
    for (let turn = 0; turn < 5_000 && ends.length === 0; turn += 1) {
      peer.notify('note', { text: 'x'.repeat(900) });
      if (output.writableNeedDrain) waits += 1;
    }
    expect(waits).to.be.greaterThan(0);
    expect(faultOf(ends)).to.equal('it does not read what it is sent');
  });

  it('waits until what was sent is taken', async () => {
    const { peer, output } = alone();
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200; sent += 1) {
        peer.notify('note', { text: 'x'.repeat(900) });
        await peer.drained();
      }
    })();
    await settled();
    expect(sent).to.be.lessThan(200);
    output.resume();
    await sending;
  });

  it('stays unharmed by what nobody would send', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc.json().map((text) => Buffer.from(`${text}\n`)),
          ),
          { maxLength: 8 },
        ),
        async (pieces) => {
          const { peer, say, ends } = alone();
          await say(...pieces);
          expect(ends.length).to.be.lessThan(2);
          peer.close();
        },
      ),
      { numRuns: 50 },
    );
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 0 : [nested(depth - 1)];
}
