import { expect } from 'chai';
import fc from 'fast-check';
import { decodeCharset, decodeText, decodeTransfer } from './decode-text.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('decoding of text parts', () => {
  it('takes quoted-printable off: soft breaks, white space at the end, broken escapes', () => {
    const bytes = latin('caf=C3=A9 =\r\nau lait  \t\r\n100=25 =ZZ=\r\n');
    expect(decodeTransfer(bytes, 'quoted-printable').toString()).to.equal('café au lait\n100% =ZZ');
  });

  it('takes base64 off in lines, and of broken base64 keeps the good part', () => {
    expect(decodeTransfer(latin('SGFs\r\nbG8='), 'base64').toString()).to.equal('Hallo');
    expect(decodeTransfer(latin('SGFsbG8g!!rubbish'), 'base64').toString()).to.equal('Hallo ');
  });

  const charsets: readonly (readonly [charset: string | undefined, bytes: Buffer, text: string])[] = [
    ['iso-8859-1', latin('Caf\xe9 f\xfcr'), 'Café für'],
    ['windows-1252', latin('5 \x80'), '5 €'],
    ['ISO-8859-15', latin('5 \xa4'), '5 €'],
    ['koi8-r', latin('\xf0\xd2\xc9\xd7\xc5\xd4'), 'Привет'],
    ['shift_jis', latin('\x93\xfa\x96\x7b'), '日本'],
    ['gb2312', latin('\xd6\xd0\xce\xc4'), '中文'],
    ['utf-8', Buffer.from('Grüße ✓'), 'Grüße ✓'],
    ['utf-8', latin('Gr\xfc\xdfe'), 'Grüße'],
    ['us-ascii', Buffer.from('Grüße'), 'Grüße'],
    ['unknown-8bit', latin('Gr\xfc\xdfe'), 'Grüße'],
    [undefined, Buffer.from('日本'), '日本'],
  ];
  for (const [charset, bytes, text] of charsets) {
    it(`reads ${text} although it is said to be ${charset}`, () => {
      expect(decodeCharset(bytes, charset)).to.equal(text);
    });
  }

  it('reads text that was cut in the middle of a letter', () => {
    expect(decodeCharset(Buffer.from('Grüße €').subarray(0, -1), 'utf-8')).to.equal('Grüße ');
  });

  it('joins flowed lines, and leaves quoted lines and the signature alone', () => {
    const text = 'one \r\ntwo\r\n> quoted \r\n> more\r\n-- \r\nAlice';
    expect(decodeText(latin(text), { flowed: 'yes' })).to.equal('one two\n> quoted \n> more\n-- \nAlice');
    expect(decodeText(latin('Grund \r\nsatz'), { flowed: 'delsp' })).to.equal('Grundsatz');
  });

  it('gives some text for any bytes and any claims about them', () => {
    const encodings = fc.constantFrom('base64', 'quoted-printable', '7bit', 'rot13', undefined);
    const charsets = fc.constantFrom('utf-8', 'utf-16', 'iso-2022-jp', 'x', '', undefined);
    fc.assert(
      fc.property(fc.uint8Array(), encodings, charsets, (bytes, encoding, charset) => {
        const coding = { ...(encoding === undefined ? {} : { encoding }), ...(charset === undefined ? {} : { charset }) };
        expect(decodeText(Buffer.from(bytes), coding)).to.be.a('string');
      }),
    );
  });

  it('is done with a line of spaces in time', () => {
    const start = performance.now();
    decodeTransfer(Buffer.alloc(512 * 1024, ' '), 'quoted-printable');
    expect(performance.now() - start).to.be.below(5_000);
  });
});
