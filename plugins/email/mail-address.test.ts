import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { headerText, parseMailAddress, parseMailAddresses, shownAddress } from './mail-address.js';

describe('the address of a recipient', () => {
  const good: readonly (readonly [string, string, string?])[] = [
    ['alice@example.org', 'alice@example.org'],
    ['  alice@example.org ', 'alice@example.org'],
    ['Alice <alice@example.org>', 'alice@example.org', 'Alice'],
    ['"Müller, Jürgen" <j.mueller+x@Example.ORG>', 'j.mueller+x@example.org', 'Müller, Jürgen'],
    ['"A \\"B\\" C" <a@example.org>', 'a@example.org', 'A "B" C'],
    ['<alice@example.org>', 'alice@example.org'],
    ['post@müller.example', 'post@xn--mller-kva.example'],
    ['Alice.Caps@example.org', 'Alice.Caps@example.org'],
  ];
  for (const [text, address, name] of good) {
    it(`reads ${text}`, () => {
      expect(parseMailAddress(text, 'to')).to.deep.equal(name === undefined ? { address } : { address, name });
    });
  }

  const bad: readonly string[] = [
    '',
    'alice',
    '@example.org',
    'alice@',
    'alice@example..org',
    'alice@-example.org',
    'alice@[127.0.0.1]',
    'alice@1.2.3.4',
    'alice@example.org, bob@example.org',
    'alice@example.org;bob@example.org',
    'alice@example.org bob@example.org',
    'Alice <alice@example.org> <bob@example.org>',
    '"boss@bank.example" <mallory@example.net>',
    'boss@bank.example <mallory@example.net>',
    'Friends: alice@example.org;',
    '"a b"@example.org',
    'alice(comment)@example.org',
    'Alice "x <alice@example.org>',
    'alice@example.org\r\nBcc: mallory@example.net',
    'Alice\r\nBcc: mallory@example.net <alice@example.org>',
    'Alice\nX <alice@example.org>',
    'Al\u202eice <alice@example.org>',
    'Al\u200bice <alice@example.org>',
    'аlice@example.org',
    'alice@exam\u0000ple.org',
    'alice@exam ple.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    'alice@example.org>',
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      expect(() => parseMailAddress(text, 'to')).to.throw(ToolFailure, /^to: /);
    });
  }

  it('takes the same address twice for one', () => {
    const found = parseMailAddresses(['alice@example.org', 'Alice <Alice@example.org>', 'bob@example.org'], 'to');
    expect(found.map(({ address }) => address)).to.deep.equal(['alice@example.org', 'bob@example.org']);
  });

  it('shows the bare address before the name', () => {
    expect(shownAddress({ address: 'a@example.org', name: 'A' })).to.equal('a@example.org (A)');
    expect(shownAddress({ address: 'a@example.org' })).to.equal('a@example.org');
  });
});

describe('the subject', () => {
  it('is one line', () => {
    expect(headerText('Grüße 🎉', 'subject')).to.equal('Grüße 🎉');
    for (const text of ['a\r\nBcc: x@example.org', 'a\nb', 'a\u2028b', 'a\u0000', 'a\tb']) {
      expect(() => headerText(text, 'subject')).to.throw(ToolFailure, /one line/);
    }
  });
});
