import { expect } from 'chai';
import fc from 'fast-check';
import type { Key } from '../../../src/adapters/support/terminal/key.js';
import { KeyDecoder } from '../../../src/adapters/support/terminal/key-decoder.js';

const press = (name: string): Key => ({ kind: 'press', name });
const text = (value: string): Key => ({ kind: 'text', text: value });

/** The keys of some input given in one piece. */
function keysOf(input: string): readonly Key[] {
  const decoder = new KeyDecoder();
  return [...decoder.push(Buffer.from(input)), ...decoder.flush()];
}

/** Neighbouring texts joined: how text is cut into keys depends on the chunks, and on nothing else. */
function joined(keys: readonly Key[]): readonly Key[] {
  const result: Key[] = [];
  for (const key of keys) {
    const last = result.at(-1);
    if (key.kind === 'text' && last?.kind === 'text') result[result.length - 1] = text(last.text + key.text);
    else result.push(key);
  }
  return result;
}

describe('key decoder', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x08', 'backspace'],
    ['\x01', 'ctrl-a'],
    ['\x1a', 'ctrl-z'],
    ['\x1b\r', 'alt-enter'],
    ['\x1bb', 'alt-b'],
    ['\x1b\x7f', 'alt-backspace'],
    ['\x1b[A', 'up'],
    ['\x1bOB', 'down'],
    ['\x1b[1;5C', 'ctrl-right'],
    ['\x1b[1;3D', 'alt-left'],
    ['\x1b[3~', 'delete'],
    ['\x1b[H', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[Z', 'shift-tab'],
    ['\x1b[13;2u', 'shift-enter'],
    ['\x1b[27;3;13~', 'alt-enter'],
    ['\x1b', 'escape'],
  ];
  for (const [input, name] of cases)
    it(`knows ${name} as ${JSON.stringify(input)}`, () => expect(keysOf(input)).to.deep.equal([press(name)]));

  it('drops sequences that mean nothing', () => {
    expect(keysOf('a\x1b[?62;22cb\x1b[Ic')).to.deep.equal([text('a'), text('b'), text('c')]);
  });

  it('gives a bracketed paste as one key with plain line breaks', () => {
    expect(keysOf('x\x1b[200~one\r\ntwo\rthree\n\x1b[31m\x1b[201~y')).to.deep.equal([
      text('x'),
      { kind: 'paste', text: 'one\ntwo\nthree\n\x1b[31m' },
      text('y'),
    ]);
  });

  it('ends an unfinished paste when it is told to', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\x1b[200~half\x1b[20'))).to.deep.equal([]);
    expect(decoder.inPaste).to.equal(true);
    expect(decoder.flush()).to.deep.equal([{ kind: 'paste', text: 'half\x1b[20' }]);
    expect(decoder.push(Buffer.from('z'))).to.deep.equal([text('z')]);
  });

  it('gives the same keys whatever the chunks', () => {
    const piece = fc.oneof(
      fc.constantFrom(...cases.map(([input]) => input).filter((input) => input !== '\x1b')),
      fc.string({ unit: 'grapheme' }).map((value) => value.replace(/[\x00-\x1f\x7f-\x9f]/g, '')),
      fc.string().map((value) => `\x1b[200~${value.replaceAll('\x1b', '')}\x1b[201~`),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat({ max: 40 }), { maxLength: 20 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const decoder = new KeyDecoder();
        const keys: Key[] = [];
        let from = 0;
        for (const length of cuts) {
          keys.push(...decoder.push(bytes.subarray(from, from + length)));
          from += length;
        }
        keys.push(...decoder.push(bytes.subarray(from)), ...decoder.flush());
        expect(joined(keys)).to.deep.equal(joined(keysOf(pieces.join(''))));
      }),
    );
  });

  it('never fails on any bytes, and takes a megabyte of paste in small chunks in linear time', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void new KeyDecoder().push(bytes)));
    const decoder = new KeyDecoder();
    const keys: Key[] = [];
    const bytes = Buffer.from(`\x1b[200~${'paste '.repeat(175_000)}\x1b[201~`);
    const start = performance.now();
    for (let at = 0; at < bytes.length; at += 1_000) keys.push(...decoder.push(bytes.subarray(at, at + 1_000)));
    expect(performance.now() - start).to.be.below(1_000);
    expect(keys).to.have.length(1);
  });
});
