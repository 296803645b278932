import { expect } from 'chai';
import { FrameSplitter } from '../../../../src/adapters/support/frame-splitter.js';

describe('FrameSplitter', () => {
  const frames = (splitter: FrameSplitter, ...pieces: readonly string[]): readonly string[] =>
    pieces.flatMap((piece) => [...splitter.push(Buffer.from(piece))].map((frame) => Buffer.from(frame).toString('utf8')));

  it('gives the same frames however they are cut', () => {
    const text = '{"a":1}\n\n\r\ngr\u00fc\u2028\u00dfe\r\nxyz\n';
    for (let size = 1; size < 12; size += 1) {
      const bytes = Buffer.from(text);
      const splitter = new FrameSplitter(100);
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const frame of splitter.push(bytes.subarray(at, at + size))) found.push(Buffer.from(frame).toString('utf8'));
      }
      expect(found).to.deep.equal(['{"a":1}', 'gr\u00fc\u2028\u00dfe\r', 'xyz']);
    }
  });

  it('takes a frame of the greatest length, and not one byte more, however it is cut', () => {
    expect(frames(new FrameSplitter(4), 'abcd\n', 'ab', 'cd\n')).to.deep.equal(['abcd', 'abcd']);
    for (const pieces of [['abcde\n'], ['abc', 'de'], ['abcd', 'e\n'], ['abcde']])
      expect(() => frames(new FrameSplitter(4), ...pieces)).to.throw(RangeError);
  });

  it('does not change what it gave by what comes next', () => {
    const splitter = new FrameSplitter(100);
    const piece = Buffer.from('first');
    expect([...splitter.push(piece)]).to.deep.equal([]);
    piece.fill('x');
    const [first] = [...splitter.push(Buffer.from('\nsecond'))];
    expect(frames(splitter, '\n')).to.deep.equal(['second']);
    expect(Buffer.from(first as Uint8Array).toString()).to.equal('first');
  });

  it('holds little more of a frame than its bytes, in whatever small pieces they come', () => {
    const splitter = new FrameSplitter(10_000_000);
    const piece = Buffer.from('x');
    const before = process.memoryUsage();
    for (let count = 0; count < 1_000_000; count += 1) for (const _ of splitter.push(piece)) throw new Error('no frame');
    const after = process.memoryUsage();
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).to.be.below(50_000_000);
    expect(frames(splitter, '\n')[0]).to.have.lengthOf(1_000_000);
  });
});
