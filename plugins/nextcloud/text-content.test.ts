import { expect } from 'chai';
import { readContent } from './text-content.js';

const text = (bytes: Buffer, mediaType?: string, more = false, first = true) => {
  const content = readContent(bytes, mediaType, more, first);
  return content.kind === 'text' ? `${content.charset}: ${content.text}` : content.description;
};

describe('the content of a file', () => {
  it('is read in the character set that it is in', () => {
    expect(text(Buffer.from('Grüße'))).to.equal('utf-8: Grüße');
    expect(text(Buffer.from('\ufeffGrüße'))).to.equal('utf-8: Grüße');
    expect(text(Buffer.from('Grüße', 'latin1'))).to.equal('windows-1252: Grüße');
    expect(text(Buffer.from([0xcf, 0xd2, 0xc9]), 'text/plain; charset=koi8-r')).to.equal('koi8-r: ори');
    expect(text(Buffer.from([0xe9]), 'text/plain; charset=no-such-thing')).to.equal('windows-1252: é');
    expect(text(Buffer.from('\ufeffGrüße', 'utf16le'))).to.equal('utf-16le: Grüße');
    expect(text(Buffer.from('\ufeffGrüße', 'utf16le').swap16())).to.equal('utf-16be: Grüße');
    expect(text(Buffer.alloc(0))).to.equal('utf-8: ');
  });

  it('is not cut within a character, wherever the limit falls', () => {
    const whole = Buffer.from('aé€😀'.repeat(3));
    for (let end = 1; end <= whole.length; end += 1) {
      const first = readContent(whole.subarray(0, end), undefined, end < whole.length);
      if (first.kind !== 'text') return expect.fail(first.description);
      expect(first.charset).to.equal('utf-8');
      const rest = readContent(whole.subarray(first.used), undefined, false, false);
      if (rest.kind !== 'text') return expect.fail(rest.description);
      expect(first.text + rest.text).to.equal('aé€😀'.repeat(3));
    }
    // Whoever starts in the middle of a character loses that one and no more.
    expect(text(Buffer.from('€uro').subarray(1), undefined, false, false)).to.equal('utf-8: uro');
  });

  it('is described when it is no text', () => {
    expect(text(Buffer.from('89504e470d0a1a0a00', 'hex'))).to.equal('a PNG image');
    expect(text(Buffer.from('%PDF-1.7\n'))).to.equal('a PDF document');
    expect(text(Buffer.from([0, 1, 2, 3]))).to.equal('a binary file');
    expect(text(Buffer.from([65, 66, 0, 67]))).to.equal('a binary file');
  });
});
