import { expect } from 'chai';
import { PatternSecretDetector } from '../../../../src/adapters/secret-patterns/pattern-secret-detector.js';
import { SecretRule } from '../../../../src/adapters/secret-patterns/secret-rule.js';
import { SECRET_RULES } from '../../../../src/adapters/secret-patterns/secret-rules.js';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { growth } from '../../../support/growth.js';
import { patternSampler, seededRandom } from '../../../support/pattern-samples.js';

describe('the generated secret rules', () => {
  it('are many, with unique ids and keywords in lower case', () => {
    const rules = SECRET_RULES.map((line) => new SecretRule(line));
    expect(rules.length).to.be.above(200);
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(rules.length);
    for (const { id, keywords } of rules) for (const keyword of keywords) expect(keyword, id).to.match(/^[^A-Z]{2,}$/);
  });

  it('find, through the whole detector, what each rule finds alone', () => {
    const redactor = new Redactor(new PatternSecretDetector());
    const random = seededRandom(3);
    const missed: string[] = [];
    let tried = 0;
    for (const line of SECRET_RULES) {
      const rule = new SecretRule(line);
      const near = line.split('\t')[5] ?? '';
      const sample = patternSampler(rule.source, random);
      const text = `${rule.keywords[0]} ${near}\n${sample()}\n`;
      for (let offset = 0; offset < text.length; offset++) {
        const match = rule.match(text, text.toLowerCase(), offset);
        if (match === undefined) continue;
        tried++;
        if (redactor.redact(text).includes(text.slice(match.start, match.end))) missed.push(rule.id);
        break;
      }
    }
    expect(tried).to.be.above(150);
    expect(missed).to.deep.equal([]);
  });

  it('leave digests, ids and integrity values alone', () => {
    const text = [
      'commit 3c63d5e8569d94564b5280525350724817e9ac26',
      '"integrity": "sha512-Zk9vQ2x1bXBpbmcgb3ZlciB0aGUgbGF6eSBkb2cgYW5kIHRoZW4gc29tZSBtb3JlIHdvcmRzIGhlcmUgb2s=="',
      'id 7f3b2c1a-9d8e-4f6a-b5c4-d3e2f1a0b9c8',
      `password: ${'$'}{DB_PASSWORD}`,
    ].join('\n');
    expect(new PatternSecretDetector().find(text)).to.deep.equal([]);
  });

  it('take time in proportion to the text, not to its square', () => {
    const detector = new PatternSecretDetector();
    const units = [
      'key = ',
      'token="aB3',
      'eyAAAAAAAAAAAAAAAAAAAA.',
      '-----BEGIN PRIVATE KEY-----\n',
      'curl -u "abc',
      `password: ${'a'.repeat(30)},`,
    ];
    for (const unit of units)
      expect(
        growth((text) => detector.find(text), unit.repeat(Math.ceil(100_000 / unit.length))),
        unit,
      ).to.be.below(12);
  });
});
