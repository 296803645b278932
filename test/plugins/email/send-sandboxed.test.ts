import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import type { PluginAccount } from '../../../src/core/domain/plugin-manifest.js';
import { type SandboxedPlugin, sandboxedPlugin } from '../../support/sandboxed-plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { type Microsoft, startMicrosoft } from '../../support/servers/microsoft.js';
import { type Postfix, requirePostfix, startPostfix } from '../../support/servers/postfix.js';
import { smtpSettings } from '../../support/servers/smtp-account.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { failureOf } from './sending-context.js';

describe('sending e-mail, by the built plugin in the sandbox (needs dovecot-imapd and postfix)', function () {
  this.timeout(40_000);
  const main = 'main' as PluginAccount;
  let folder: string;
  let ca: string;
  let microsoft: Microsoft;
  let dovecot: Dovecot;
  let postfix: Postfix;
  const open: SandboxedPlugin[] = [];

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    requirePostfix(this);
    microsoft = await startMicrosoft('pyra@example.test', 60);
    dovecot = await startDovecot({ introspection: microsoft.introspection });
    postfix = await startPostfix(dovecot);
    folder = temporaryFolder();
    ca = join(folder, 'ca.pem');
    writeFileSync(ca, [dovecot.ca, postfix.ca, microsoft.ca].map((path) => readFileSync(path, 'utf8')).join('\n'));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.stop();
  });
  after(async () => {
    await postfix?.stop();
    await dovecot?.stop();
    await microsoft?.stop();
    if (folder !== undefined) removeFolder(folder);
  });

  async function start(changes: Readonly<Record<string, string | number>> = {}): Promise<SandboxedPlugin> {
    const imap = { imap_host: dovecot.host, imap_port: dovecot.tlsPort, imap_tls: 'tls' };
    const answers = { address: dovecot.user, auth: 'password', ...imap, ...smtpSettings(postfix, 'starttls'), ...changes };
    const one = await sandboxedPlugin('email', { answers, secrets: { 'main.password': dovecot.password }, ca });
    open.push(one);
    return one;
  }
  const never = new AbortController().signal;

  it('shows a message, sends what it showed, and keeps the copy', async () => {
    const email = await start();
    const args = { to: ['Jürgen <a@outside.test>'], bcc: ['b@outside.test'], subject: 'Aus dem Sandkasten', body: 'Grüße' };
    const before = postfix.outside().length;
    expect(await email.preview('send', args)).to.match(/^From: pyra@example\.test\nTo: a@outside\.test \(Jürgen\)\nBcc: b@outside\.test/);
    expect(postfix.outside()).to.have.length(before);
    const sent = await email.call('send', args);
    expect(sent.outcome).to.not.equal('failed');
    expect(sent.text).to.match(/^sent to a@outside\.test, b@outside\.test;.*\na copy is in Sent, id main~/);
    for (let attempt = 0; attempt < 60 && postfix.outside().length < before + 2; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const mail = await PostalMime.parse(
      postfix
        .outside()
        .at(-1)
        ?.replace(/^X-Envelope-To:.*\n/m, '') ?? '',
    );
    expect([mail.subject, mail.text?.trimEnd(), mail.bcc]).to.deep.equal(['Aus dem Sandkasten', 'Grüße', undefined]);
  });

  it('says that nothing was sent when the sign-in is refused, and when the message could smuggle a header', async () => {
    const email = await start({ user: 'somebody-else' });
    const good = { to: ['a@outside.test'], subject: 's', body: 'b' };
    const refused = await email.call('send', good);
    expect(refused).to.include({ outcome: 'failed' });
    expect(refused.text).to.match(/refused the sign-in of somebody-else.*nothing was sent/);
    expect((await email.call('send', { ...good, subject: 'x\r\nBcc: c@outside.test' })).text).to.match(/subject: it must be one line/);
  });

  it('checks an account', async () => {
    const email = await start();
    expect(await email.plugin.check(main, never, () => undefined)).to.match(/receiving by .* and sending by .* work$/);
  });

  it('reaches only the servers of the answers', async () => {
    const email = await start({ smtp_host: 'localhost', smtp_port: postfix.port });
    const other = await start({ smtp_host: 'mail.example.org', smtp_port: postfix.port });
    const args = { to: ['a@outside.test'], subject: 's', body: 'b' };
    expect((await email.call('send', args)).text).to.match(/^sent to a@outside\.test/);
    const failed = await other.call('send', args);
    expect(failed.outcome).to.equal('failed');
    expect(failed.text).to.match(/mail\.example\.org.*nothing was sent/);
  });

  it('signs in at Microsoft by a code, opens the mailbox and sends with the token', async () => {
    const email = await start({ auth: 'microsoft', ...microsoft.settings });
    const told: string[] = [];
    const checked = email.plugin.check(main, never, (text) => told.push(text));
    checked.catch(() => undefined);
    const code = (): string | undefined => told.map((line) => /enter the code (\S+)$/.exec(line)?.[1]).find((found) => found !== undefined);
    for (let attempt = 0; attempt < 200 && code() === undefined; attempt++) await new Promise((resolve) => setTimeout(resolve, 50));
    if (code() === undefined) throw new Error(`no code: ${told.join('\n')} ${(await failureOf(checked)).message}`);
    await microsoft.approve(code() ?? '');
    expect(await checked).to.match(/receiving by .* and sending by .* work$/);
    expect([...email.secrets.keys()]).to.include('main.token');
    expect((await email.call('send', { to: ['a@outside.test'], subject: 'token', body: 'b' })).text).to.match(/^sent to a@outside\.test/);
    expect((await email.call('folders', {})).text).to.include('INBOX');
  });
});
