import { expect } from 'chai';
import {
  controlFrame,
  FRAME,
  frameHeader,
  MAX_CONTROL_BYTES,
  MAX_DATA_BYTES,
} from '../../../../../src/adapters/support/sandbox/mux-frame.js';
import { MuxReader } from '../../../../../src/adapters/support/sandbox/mux-reader.js';

/** What a reader makes of bytes that come in pieces of a size. */
function read(bytes: Buffer, size: number): readonly string[] {
  const seen: string[] = [];
  const data = new Map<number, string>();
  const reader = new MuxReader({
    control: (type, id, payload) => seen.push(`${type} ${id} ${payload.toString('utf8')}`),
    data: (id, part) => data.set(id, (data.get(id) ?? '') + part.toString('utf8')),
  });
  for (let from = 0; from < bytes.byteLength; from += size) reader.push(bytes.subarray(from, from + size));
  return [...seen, ...[...data].map(([id, text]) => `data ${id} ${text}`)];
}

describe('the reader of frames', () => {
  const data = Buffer.from('some data');
  const bytes = Buffer.concat([
    controlFrame(FRAME.open, 1, 'example.org 443'),
    frameHeader(FRAME.data, 1, data.byteLength),
    data,
    frameHeader(FRAME.data, 2, 0),
    controlFrame(FRAME.end, 4_294_967_295),
    frameHeader(FRAME.data, 1, data.byteLength),
    data,
    controlFrame(FRAME.reset, 1, 'EACCES no'),
  ]);
  const expected = ['1 1 example.org 443', '3 4294967295 ', '5 1 EACCES no', 'data 1 some datasome data'];

  for (const size of [1, 2, 3, 7, 8, 9, 20, 1000]) {
    it(`finds the same frames in pieces of ${size} bytes`, () => expect(read(bytes, size)).to.deep.equal(expected));
  }

  it('throws for what is no frame, without waiting for the rest of it', () => {
    const wrong: readonly Buffer[] = [
      frameHeader(0 as never, 1, 0),
      frameHeader(6 as never, 1, 0),
      frameHeader(FRAME.data, 1, MAX_DATA_BYTES + 1),
      frameHeader(FRAME.open, 1, MAX_CONTROL_BYTES + 1),
      frameHeader(FRAME.end, 1, 0xffffff),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ];
    for (const frame of wrong) expect(() => read(frame, 1000), frame.toString('hex')).to.throw(RangeError);
  });
});
