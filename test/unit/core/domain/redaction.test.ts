import { expect } from 'chai';
import fc from 'fast-check';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { growth } from '../../../support/growth.js';

const VALUE = 'kT9$w/+x&"Zp\\é7 qq';

function redactor(...values: readonly string[]): Redactor {
  const made = new Redactor();
  for (const value of values) made.remember(new Secret(value));
  return made;
}

/** Ways in which a value leaves a program, as Node writes them. */
const FORMS: Readonly<Record<string, (value: string, before: string) => string>> = {
  raw: (value) => value,
  reversed: (value) => [...value].reverse().join(''),
  'lower-case hex': (value) => Buffer.from(value).toString('hex'),
  'upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'URL-encoded': (value) => encodeURIComponent(value),
  'a form field': (value) => new URLSearchParams({ value }).toString().slice('value='.length),
  'JSON-escaped': (value) => JSON.stringify(value).slice(1, -1),
  'JSON in JSON': (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
};

describe('Redactor', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    it(`removes a released value: ${name}`, () => {
      const text = `before ${form(VALUE, '')} after`;
      expect(redactor(VALUE).redact(text)).to.equal('before [redacted:vault] after');
    });
  }

  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of ['', 'a', 'ab', 'abc']) {
      it(`removes a released value inside ${encoding}, ${before.length} bytes after its start`, () => {
        const encoded = Buffer.from(`${before}${VALUE}zz`).toString(encoding);
        const left = redactor(VALUE).redact(encoded);
        expect(left).to.contain('[redacted:vault]');
        expect(left.replace('[redacted:vault]', '').replaceAll('=', '').length).to.be.at.most(Math.ceil(((before.length + 2) * 8) / 6));
      });
    }
  }

  it('removes every form of any value of eight bytes or more, wherever it stands', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const value = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 60 }).filter((candidate) => candidate.isWellFormed());
    fc.assert(
      fc.property(value, text, text, fc.constantFrom(...Object.values(FORMS)), (secret, before, after, form) => {
        const written = form(secret, before);
        expect(redactor(secret).redact(`${before} ${written} ${after}`)).not.to.contain(written);
      }),
    );
  });

  it('leaves a text alone that holds no secret', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(redactor('a-long-value-that-no-text-has').redact(text)).to.equal(text);
      }),
    );
  });

  it('finds each of many values in one text', () => {
    const values = Array.from({ length: 300 }, (_, index) => `secret-value-${index}-${(index * 7919) % 1000}!`);
    expect(redactor(...values).redact(values.join('\n'))).to.equal(values.map(() => '[redacted:vault]').join('\n'));
  });

  it('finds a line of a key of several lines', () => {
    const lines = ['-----BEGIN KEY-----', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', '-----END KEY-----'];
    expect(redactor(lines.join('\n')).redact(`log: ${lines[2]}.`)).to.equal('log: [redacted:vault].');
  });

  it('does not look for values under eight bytes', () => {
    expect(redactor('1234567').redact('1234567')).to.equal('1234567');
    expect(redactor('éééé').redact('éééé')).to.equal('[redacted:vault]');
  });

  it('names the rule of what only looks like a secret, and puts released values first', () => {
    const detector = { find: (text: string) => [{ start: text.indexOf('tok_'), end: text.indexOf('tok_') + 8, rule: 'token' }] };
    const made = new Redactor(detector);
    expect(made.redact('a tok_1234 b')).to.equal('a [redacted:token] b');
    made.remember(new Secret('tok_1234-and-more'));
    expect(made.redact('a tok_1234-and-more b')).to.equal('a [redacted:vault] b');
  });

  it('redacts every string of a JSON value, names of members too', () => {
    const value = { list: [VALUE, 1, null, true], [VALUE]: { deep: `x${VALUE}` } };
    expect(redactor(VALUE).redactJson(value)).to.deep.equal({
      list: ['[redacted:vault]', 1, null, true],
      '[redacted:vault]': { deep: 'x[redacted:vault]' },
    });
  });

  it('holds no value in itself that an inspection could show', () => {
    const made = redactor('a-very-special-value');
    expect(JSON.stringify(made) + String(made)).not.to.contain('special');
  });

  it('takes time in proportion to the text, not to its square', () => {
    const made = redactor('-----BEGIN PRIVATE KEY-----\nabcdefghijklmnop\n-----END', VALUE);
    expect(growth((text) => made.find(text), '-----BEGIN PRIVATE KEY-----\n'.repeat(8_000))).to.be.below(12);
  });
});
