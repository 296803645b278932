import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type FileLine, jsonLine, LineSplitter, linesOf, readLines } from '../../../../src/adapters/support/json-lines.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('JSON lines', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => removeFolder(folder));

  const read = async (path: string, from = 0): Promise<readonly FileLine[]> => {
    const lines: FileLine[] = [];
    for await (const line of readLines(path, from)) lines.push(line);
    return lines;
  };

  it('gives every JSON value back, whatever line breaks its strings hold and however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 40 }), (values, size) => {
        const bytes = Buffer.from(values.map((value) => jsonLine(value as object)).join(''));
        const splitter = new LineSplitter(1_000_000);
        const lines: string[] = [];
        for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
        expect(lines.map((line) => JSON.stringify(JSON.parse(line)))).to.deep.equal(values.map((value) => JSON.stringify(value)));
      }),
    );
  });

  it('does not split at U+2028, U+2029, carriage return or vertical tab', () => {
    const text = 'a\u2028b\u2029c\rd\u000be\u0085f';
    expect([...linesOf(Buffer.from(`${text}\n`))].map((line) => line.text)).to.deep.equal([text]);
    expect(new LineSplitter(100).push(Buffer.from(`${text}\n`))).to.deep.equal([text]);
  });

  it('refuses a line over its limit before its end has come', () => {
    const splitter = new LineSplitter(10);
    expect(splitter.push(Buffer.from('0123456789\n'))).to.deep.equal(['0123456789']);
    expect(() => splitter.push(Buffer.from('01234567890'))).to.throw(RangeError);
  });

  it('reads the lines of a file with their places, also those longer than a piece', async () => {
    const long = 'ü'.repeat(400_000);
    writeFileSync(join(folder, 'file'), `one\n${long}\n\nlast`);
    const longEnd = 4 + 800_000 + 1;
    expect(await read(join(folder, 'file'))).to.deep.equal([
      { text: 'one', offset: 0, end: 4, terminated: true },
      { text: long, offset: 4, end: longEnd, terminated: true },
      { text: '', offset: longEnd, end: longEnd + 1, terminated: true },
      { text: 'last', offset: longEnd + 1, end: longEnd + 5, terminated: false },
    ]);
    expect((await read(join(folder, 'file'), longEnd + 1)).map((line) => line.text)).to.deep.equal(['last']);
  });

  it('reads nothing from an empty file', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await read(join(folder, 'file'))).to.deep.equal([]);
  });
});
