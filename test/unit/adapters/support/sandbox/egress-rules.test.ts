import { expect } from 'chai';
import { netRules } from '../../../../../src/adapters/plugins/manifest-egress.js';
import { normalHost, ruleFor } from '../../../../../src/adapters/support/sandbox/egress-rules.js';
import type { PluginSettings } from '../../../../../src/core/domain/plugin.js';
import type { PluginManifest } from '../../../../../src/core/domain/plugin-manifest.js';

const rules = (net: readonly string[], accounts: Readonly<Record<string, object>> = {}) => {
  const setup = [
    { key: 'host', kind: 'text' },
    { key: 'port', kind: 'port' },
    { key: 'url', kind: 'url' },
    { key: 'region', kind: 'choice' },
  ];
  return netRules({ permissions: { net }, setup } as unknown as PluginManifest, accounts as PluginSettings);
};

describe('the rules of a plugin for the network', () => {
  it('are those of the manifest as they stand, whether it has answers or not', () => {
    const expected = [{ host: 'imap.gmx.net', port: 993, configured: false }];
    expect(rules(['IMAP.gmx.net:993'])).to.deep.equal(expected);
    expect(rules(['imap.gmx.net:993'], { main: {}, work: {} })).to.deep.equal(expected);
  });

  it('hold the answers of every account, whose hosts the person named', () => {
    const accounts = { main: { host: 'Mail.Example.org', port: 993 }, work: { host: '192.168.1.5', port: '1993' } };
    expect(rules(['{settings.host}:{settings.port}'], accounts)).to.deep.equal([
      { host: 'mail.example.org', port: 993, configured: true },
      { host: '192.168.1.5', port: 1993, configured: true },
    ]);
  });

  it('take host and port out of an address', () => {
    const of = (url: string) => rules(['{settings.url}'], { main: { url } });
    expect(of('https://cloud.example.org/remote.php/dav')).to.deep.equal([{ host: 'cloud.example.org', port: 443, configured: true }]);
    expect(of('http://[::1]:8080/')).to.deep.equal([{ host: '::1', port: 8080, configured: true }]);
    expect(of('http://localhost')).to.deep.equal([{ host: 'localhost', port: 80, configured: true }]);
    for (const url of ['file:///etc/passwd', 'ftp://example.org', 'cloud.example.org', '']) expect(of(url), url).to.deep.equal([]);
  });

  it('do not let the manifest name a host in a private network by choices that it wrote itself', () => {
    expect(rules(['{settings.region}:80'], { main: { region: 'localhost' } })).to.deep.equal([
      { host: 'localhost', port: 80, configured: false },
    ]);
  });

  it('are none where an answer is missing or is no host or port', () => {
    for (const host of [undefined, '', '*', '*.example.org', 'a b', 'a/b', '0x7f.1', '2130706433', 'a:1', {}, 'fe80::1%eth0']) {
      expect(rules(['{settings.host}:993'], { main: { host } }), String(host)).to.deep.equal([]);
    }
    for (const port of [undefined, 0, 65_536, '9a', 1.5, -1]) {
      expect(rules(['example.org:{settings.port}'], { main: { port } }), String(port)).to.deep.equal([]);
    }
  });

  it('match exactly, or below a suffix and not the suffix itself', () => {
    const all = rules(['api.example.org:443', '*.example.com:443']);
    expect(ruleFor(all, 'api.example.org', 443)).not.to.equal(undefined);
    expect(ruleFor(all, 'a.b.example.com', 443)).not.to.equal(undefined);
    const others = [
      ['api.example.org', 80],
      ['x.api.example.org', 443],
      ['example.com', 443],
      ['evilexample.com', 443],
      ['example.com.evil.test', 443],
    ] as const;
    for (const [host, port] of others) expect(ruleFor(all, host, port), host).to.equal(undefined);
  });

  it('prefer the one by which the person named a host', () => {
    const all = rules(['nas.example.org:443', '{settings.host}:443'], { main: { host: 'nas.example.org' } });
    expect(ruleFor(all, 'nas.example.org', 443)?.configured).to.equal(true);
  });

  it('know a host in one form alone', () => {
    expect(normalHost('ExAmPle.ORG.')).to.equal('example.org');
    expect(normalHost('bücher.example')).to.equal('xn--bcher-kva.example');
    expect(normalHost('[0:0:0:0:0:0:0:1]')).to.equal('::1');
    expect(normalHost('::FFFF:127.0.0.1')).to.equal('::ffff:7f00:1');
    for (const text of ['', '.', 'a b', 'a\n', '127.1', '0177.0.0.1', '0x7f000001', 'a..b', 'fe80::1%lo', '-']) {
      expect(normalHost(text), JSON.stringify(text)).to.equal(undefined);
    }
  });
});
