import { expect } from 'chai';
import fc from 'fast-check';
import { EventReader, type ServerEvent } from '../../../../src/adapters/mcp/event-reader.js';

const read = (reader: EventReader, ...pieces: readonly string[]): ServerEvent[] =>
  pieces.flatMap((piece) => [...reader.push(Buffer.from(piece))]);
const message = (data: string): ServerEvent => ({ type: 'message', data });

describe('a reader of server-sent events', () => {
  it('reads events with every kind of line end', () => {
    expect(read(new EventReader(1_000), 'data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n')).to.deep.equal(
      ['a', 'b', 'c', 'd'].map(message),
    );
  });

  it('joins lines, leaves out one space, and ignores comments, unknown fields and events without data', () => {
    const text = ':hello\n\ndata\n\nevent: x\n\nfield: y\ndata:  a\ndata:b\ndata\n\nevent: own\ndata: {}\n\n';
    expect(read(new EventReader(1_000), text)).to.deep.equal([message(' a\nb\n'), { type: 'own', data: '{}' }]);
  });

  it('reads the same however the bytes are cut', () => {
    const text = '\uFEFFid: 1\r\ndata: grün €\r\n\r\nretry: 5\rdata: b\r\rdata: 😀\n\n:c\ndata: d\n\n';
    const whole = read(new EventReader(1_000), text);
    expect(whole).to.have.length(4);
    fc.assert(
      fc.property(fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 12 }), (cuts) => {
        const reader = new EventReader(1_000);
        const bytes = Buffer.from(text);
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        let at = 0;
        const events: ServerEvent[] = [];
        for (const end of ends) {
          events.push(...reader.push(bytes.subarray(at, end)));
          at = end;
        }
        expect(events).to.deep.equal(whole);
        expect(reader).to.include({ lastId: '1', retryMs: 5 });
      }),
      { numRuns: 200 },
    );
  });

  for (const id of ['x'.repeat(1_025), 'a\u0000b', 'ü', ' ', '']) {
    it(`takes no id that could not be sent back: ${JSON.stringify(id.slice(0, 10))}`, () => {
      const reader = new EventReader(10_000);
      read(reader, 'id: 1\n\n', `id: ${id}\ndata: x\n\n`);
      expect(reader.lastId).to.equal(undefined);
    });
  }

  it('takes no wish to wait that is no number', () => {
    const reader = new EventReader(1_000);
    read(reader, 'retry: -1\nretry: 1e9\nretry: 99999999999\nretry:\n\n');
    expect(reader.retryMs).to.equal(undefined);
  });

  for (const [what, piece] of [
    ['a line without an end', 'data: xxxxxxxxxx'],
    ['a comment without an end', ':xxxxxxxxxxxxxxx'],
    ['many lines of data', 'data: xxxxxxxx\n'],
    ['many empty lines of data', 'data\n'],
  ] as const) {
    it(`holds no more than it may of ${what}`, () => {
      const reader = new EventReader(100);
      const endless = (): void => {
        for (let count = 0; count < 1_000; count += 1) read(reader, piece);
      };
      expect(endless).to.throw(RangeError);
    });
  }

  it('needs no long time for many short lines', () => {
    const begun = performance.now();
    const reader = new EventReader(10_000_000);
    for (const piece of ['\n', '\r', ':\r\n', 'x\n']) read(reader, piece.repeat(200_000));
    expect(performance.now() - begun).to.be.lessThan(2_000);
  });
});
