import { expect } from 'chai';
import { setupAnswerFault, storedAnswer } from '../../../../src/core/domain/setup-answer.js';

describe('setupAnswerFault', () => {
  for (const url of [
    'https://cloud.example.org',
    'http://localhost:8080/nextcloud',
    'HTTPS://[::1]:8443/',
    'https://a_b.example.org/?x=1#y',
  ]) {
    it(`takes ${url}`, () => expect(setupAnswerFault({ kind: 'url' }, url)).to.equal(undefined));
  }

  for (const [url, fault] of [
    ['cloud.example.org', 'must begin with https:// or http://'],
    ['ftp://example.org', 'must begin with https:// or http://'],
    ['file:///etc/passwd', 'must begin with https:// or http://'],
    ['https://', 'must name a server'],
    ['https:///path', 'must name a server'],
    ['https://ana:secret@example.org', 'must not hold a user name or a password'],
    ['https://example.org:99999', 'must have a port from 1 to 65535'],
    ['https://example.org:x', 'must name a server'],
    ['https://exa mple.org', 'must not hold spaces'],
    ['https://example.org\u0000', 'holds control characters'],
  ] as const) {
    it(`refuses ${JSON.stringify(url)}: ${fault}`, () => expect(setupAnswerFault({ kind: 'url' }, url)).to.include(fault));
  }

  it('looks at a secret only for its length, and never repeats it', () => {
    expect(setupAnswerFault({ kind: 'secret' }, 'with \u0007 and\nlines')).to.equal(undefined);
    expect(setupAnswerFault({ kind: 'secret' }, 'secret'.repeat(20_000))).to.equal('is longer than 64 KB');
  });

  it('keeps ports as numbers and yes and no as booleans', () => {
    expect(storedAnswer({ kind: 'port' }, '0993')).to.equal(993);
    expect([storedAnswer({ kind: 'boolean' }, 'Yes'), storedAnswer({ kind: 'boolean' }, 'false')]).to.deep.equal([true, false]);
    expect(storedAnswer({ kind: 'text' }, '993')).to.equal('993');
  });
});
