import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ChildLauncher } from '../../../src/adapters/plugins/child-launcher.js';
import { type SandboxedPlugin, sandboxedPlugin } from '../../support/sandboxed-plugin.js';
import { TIERS } from '../../support/sandboxed-script.js';
import { AIOSMTPD, type Aiosmtpd, startAiosmtpd } from '../../support/servers/aiosmtpd.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, sampleMail } from '../../support/servers/sample-mail.js';
import { smtpSettings } from '../../support/servers/smtp-account.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

describe('e-mail by the built plugin in the sandbox (needs dovecot, aiosmtpd and openssl)', function () {
  this.timeout(30_000);
  let dovecot: Dovecot;
  let smtp: Aiosmtpd;
  let root: string;

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    if (!existsSync(AIOSMTPD)) this.skip();
    root = temporaryFolder();
    dovecot = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
    smtp = await startAiosmtpd(dovecot.user, dovecot.password);
    writeFileSync(join(root, 'ca.pem'), [dovecot.ca, smtp.ca].map((path) => readFileSync(path, 'utf8')).join('\n'));
  });
  after(async () => {
    await smtp?.stop();
    await dovecot?.stop();
    if (root !== undefined) removeFolder(root);
  });

  const open = (tls: 'tls' | 'starttls', tier: (typeof TIERS)[number]): Promise<SandboxedPlugin> =>
    sandboxedPlugin('email', {
      answers: {
        address: dovecot.user,
        user: dovecot.user,
        auth: 'password',
        imap_host: dovecot.host,
        imap_port: tls === 'tls' ? dovecot.tlsPort : dovecot.port,
        imap_tls: tls,
        ...smtpSettings(smtp, tls),
      },
      secrets: { 'main.password': dovecot.password },
      ca: join(root, 'ca.pem'),
      tier,
    });

  for (const tier of TIERS) {
    for (const tls of ['tls', 'starttls'] as const) {
      it(`reads and sends with ${tls}, in the tier ${tier}`, async function () {
        await new ChildLauncher({ home: root, tier }).tier().catch(() => this.skip());
        const sandboxed = await open(tls, tier);
        try {
          expect((await sandboxed.call('folders', {})).text).to.contain('INBOX');
          const found = await sandboxed.call('search', { limit: 1 });
          const [{ id }] = (found.data as { readonly messages: readonly [{ readonly id: string }] }).messages;
          expect((await sandboxed.call('read', { id })).outcome).not.to.equal('failed');
          const subject = `from ${tier} by ${tls}`;
          const sent = await sandboxed.call('send', { to: ['alice@example.test'], subject, body: 'hello' });
          expect(sent.outcome, sent.text).not.to.equal('failed');
          expect(smtp.taken().some((message) => message.includes(`Subject: ${subject}`))).to.equal(true);
        } finally {
          await sandboxed.stop();
        }
      });
    }
  }
});
