import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { readAccount } from './account.js';
import { PROVIDER_PRESETS, presetOfAddress, presetOfHost } from './provider-presets.js';

const manifest = JSON.parse(readFileSync(new URL('../../../plugins/email/manifest.json', import.meta.url), 'utf8'));

describe('the presets of providers', () => {
  it('have servers that the manifest lets the plugin reach', () => {
    expect(PROVIDER_PRESETS).to.not.be.empty;
    for (const { imap, smtp } of PROVIDER_PRESETS) {
      expect(manifest.permissions.net).to.include(`${imap.host}:${imap.port}`);
      expect(manifest.permissions.net).to.include(`${smtp.host}:${smtp.port}`);
    }
  });

  it('leave no other host in the manifest than theirs, that of Microsoft, and those of the answers', () => {
    const known = PROVIDER_PRESETS.flatMap(({ imap, smtp }) => [`${imap.host}:${imap.port}`, `${smtp.host}:${smtp.port}`]);
    const others = manifest.permissions.net.filter((entry: string) => !entry.startsWith('{') && !known.includes(entry));
    expect(others).to.deep.equal(['login.microsoftonline.com:443']);
  });

  it('never speak in the clear', () => {
    for (const { imap, smtp } of PROVIDER_PRESETS) expect([imap.tls, smtp.tls]).to.not.include('none');
  });

  it('have each domain once', () => {
    const domains = PROVIDER_PRESETS.flatMap((preset) => preset.domains);
    expect(new Set(domains).size).to.equal(domains.length);
  });

  const cases: readonly (readonly [string, string])[] = [
    ['a@hotmail.de', 'Outlook'],
    ['a@hotmail.co.uk', 'Outlook'],
    ['a@OUTLOOK.com', 'Outlook'],
    ['a@live.com.mx', 'Outlook'],
    ['a@gmail.com', 'Gmail'],
    ['a@googlemail.com', 'Gmail'],
    ['a@gmx.net', 'GMX'],
    ['a@gmx.com', 'GMX'],
    ['a@web.de', 'WEB.DE'],
    ['a@me.com', 'iCloud'],
    ['a@fastmail.fm', 'Fastmail'],
    ['a@posteo.de', 'Posteo'],
    ['a@mailbox.org', 'mailbox.org'],
    ['a@yahoo.co.jp', 'Yahoo'],
    ['a@t-online.de', 'Telekom'],
  ];
  for (const [address, name] of cases) {
    it(`know the provider of ${address}`, () => {
      expect(presetOfAddress(address)?.name).to.equal(name);
    });
  }

  for (const address of [
    'a@example.org',
    'a@hotmail.example.org',
    'a@nothotmail.de',
    'a@hotmail.de.example',
    'a@hotmail',
    'a@gmail.com.example',
    'a',
  ]) {
    it(`do not know that of ${address}`, () => {
      expect(presetOfAddress(address)).to.equal(undefined);
    });
  }

  it('know which servers keep a copy by themselves', () => {
    expect(presetOfHost('SMTP.gmail.com')?.savesSent).to.equal(true);
    expect(presetOfHost('smtp.office365.com')?.savesSent).to.equal(true);
    expect(presetOfHost('mail.gmx.net')?.savesSent).to.equal(false);
    expect(presetOfHost('mail.example.org')).to.equal(undefined);
  });
});

describe('the servers of an account', () => {
  it('are those of the provider where the answers name none, whatever port the answers have', () => {
    const account = readAccount('main', { address: 'a@hotmail.de', imap_port: 993, smtp_port: 465, smtp_tls: 'tls' });
    expect(account.imap).to.deep.equal({ host: 'outlook.office365.com', port: 993, tls: 'tls' });
    expect(account.smtp).to.deep.equal({ host: 'smtp-mail.outlook.com', port: 587, tls: 'starttls' });
  });

  it('are those of the answers where they are named', () => {
    const account = readAccount('main', { address: 'a@gmail.com', imap_host: 'imap.example.org', imap_port: 143, imap_tls: 'starttls' });
    expect(account.imap).to.deep.equal({ host: 'imap.example.org', port: 143, tls: 'starttls' });
    expect(account.smtp.host).to.equal('smtp.gmail.com');
  });

  it('have to be named for an unknown provider', () => {
    expect(() => readAccount('main', { address: 'a@example.org' })).to.throw(ToolFailure, /has no IMAP server/);
  });
});
