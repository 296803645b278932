import { expect } from 'chai';
import { parseNetRule } from '../../../../src/core/domain/net-rule.js';

const literal = (text: string) => ({ kind: 'literal', text });
const setting = (key: string) => ({ kind: 'setting', key });

describe('parseNetRule', () => {
  for (const [text, host, port] of [
    ['imap.gmx.net:993', literal('imap.gmx.net'), literal('993')],
    ['IMAP.GMX.net:0993', literal('imap.gmx.net'), literal('993')],
    ['*.googleapis.com:443', literal('*.googleapis.com'), literal('443')],
    ['[2001:db8::1]:25', literal('[2001:db8::1]'), literal('25')],
    ['192.0.2.1:65535', literal('192.0.2.1'), literal('65535')],
    ['{settings.imap_host}:{settings.imap_port}', setting('imap_host'), setting('imap_port')],
    ['{settings.host}:443', setting('host'), literal('443')],
    ['localhost:{settings.port}', literal('localhost'), setting('port')],
  ] as const) {
    it(`takes ${text}`, () => {
      expect(parseNetRule(text)).to.deep.equal({ kind: 'pair', host, port });
    });
  }

  it('takes a setting alone for the host and port of an address', () => {
    expect(parseNetRule('{settings.url}')).to.deep.equal({ kind: 'url', key: 'url' });
  });

  for (const text of [
    '',
    'example.org',
    'example.org:',
    ':443',
    'example.org:0',
    'example.org:65536',
    '*:443',
    '*.org:443',
    'a*.example.org:443',
    'a..b:443',
    '-a.example.org:443',
    'a b:443',
    'https://example.org:443',
    'user@example.org:443',
    '[1.2.3.4]:80',
    '{host}:443',
    '{settings.Host}:443',
    '{settings.a}{settings.b}:443',
    `${'a'.repeat(64)}.example.org:443`,
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(parseNetRule(text)).to.equal(undefined);
    });
  }
});
