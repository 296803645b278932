import { randomBytes } from 'node:crypto';
import { generateX25519Identity } from 'age-encryption';
import { expect } from 'chai';
import { decodeIdentity, encodeIdentity } from '../../../../src/adapters/age/identity-text.js';

// The example identity of the age specification's repository and its scalar.
const EXAMPLE = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX';
const SCALAR = Buffer.alloc(32, 0x42);

describe('the text of an identity', () => {
  it('is that of the example', () => {
    expect(encodeIdentity(SCALAR).toString()).to.equal(EXAMPLE);
    expect(Buffer.from(decodeIdentity(Buffer.from(EXAMPLE)) ?? [])).to.deep.equal(SCALAR);
  });

  it('gives any scalar back', () => {
    for (const scalar of [Buffer.alloc(32), Buffer.alloc(32, 0xff), ...Array.from({ length: 200 }, () => randomBytes(32))]) {
      expect(Buffer.from(decodeIdentity(encodeIdentity(scalar)) ?? [])).to.deep.equal(scalar);
    }
  });

  it('agrees with the library', async () => {
    for (let round = 0; round < 50; round += 1) {
      const text = await generateX25519Identity();
      const scalar = decodeIdentity(Buffer.from(text));
      expect(scalar, text).not.to.equal(undefined);
      expect(encodeIdentity(scalar as Uint8Array).toString()).to.equal(text);
    }
  });

  it('is refused with any one character changed, cut, in small letters or of another kind', () => {
    for (let at = 0; at < EXAMPLE.length; at += 1) {
      const bytes = Buffer.from(EXAMPLE);
      bytes[at] = bytes[at] === 0x51 ? 0x50 : 0x51;
      expect(decodeIdentity(bytes), `character ${at}`).to.equal(undefined);
      expect(decodeIdentity(Buffer.from(EXAMPLE).subarray(0, at))).to.equal(undefined);
    }
    for (const text of [EXAMPLE.toLowerCase(), `${EXAMPLE}Q`, '', EXAMPLE.replace('SECRET', 'PUBLIC')]) {
      expect(decodeIdentity(Buffer.from(text))).to.equal(undefined);
    }
  });

  it('refuses scalars of another length', () => {
    expect(() => encodeIdentity(Buffer.alloc(31))).to.throw(RangeError);
  });
});
