import { existsSync } from 'node:fs';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import plugin from '../../../plugins/email/plugin.js';
import { AIOSMTPD, type Aiosmtpd, startAiosmtpd } from '../../support/servers/aiosmtpd.js';
import { smtpSettings } from '../../support/servers/smtp-account.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, type EmailContext, emailContext } from './email-context.js';
import { failureOf } from './sending-context.js';

describe('email.send, by aiosmtpd (needs python3-aiosmtpd)', () => {
  let server: Aiosmtpd;
  let context: EmailContext | undefined;
  before(async function () {
    if (!existsSync(AIOSMTPD)) this.skip();
    server = await startAiosmtpd();
  });
  afterEach(() => {
    if (context !== undefined) removeFolder(context.dataDir);
  });
  after(() => server?.stop());

  function make(tls: 'tls' | 'starttls', password = server.password): EmailContext {
    const imap = { imap_host: '127.0.0.1', imap_port: 1 };
    const main = { address: server.user, auth: 'password', ...imap, ...smtpSettings(server, tls), ca: server.ca };
    context = emailContext({ accounts: { main }, secrets: { 'main.password': password } });
    return context;
  }

  for (const tls of ['tls', 'starttls'] as const) {
    it(`sends over ${tls}`, async () => {
      const before = server.taken().length;
      const args = { to: ['a@outside.test', 'nobody@outside.test'], bcc: ['c@outside.test'], subject: `Über ${tls}`, body: '.\nGrüße' };
      const answer = await callTool(plugin, 'send', args, make(tls));
      expect(answer.text).to.match(
        /sent to a@outside\.test, c@outside\.test;[\s\S]*NOT sent to:\n- nobody@outside\.test: refused for good.*550 5\.1\.1/,
      );
      const [raw = ''] = server.taken().slice(before);
      expect(raw).to.match(/^X-Envelope-To: a@outside\.test, c@outside\.test\r$/m);
      const mail = await PostalMime.parse(raw);
      expect([mail.subject, mail.text?.trimEnd(), mail.bcc]).to.deep.equal([`Über ${tls}`, '.\nGrüße', undefined]);
    });
  }

  it('says that a sign-in was refused', async () => {
    const failure = await failureOf(
      callTool(plugin, 'send', { to: ['a@outside.test'], subject: 's', body: 'b' }, make('tls', 'not-the-password')),
    );
    expect(failure.message).to.match(/refused the sign-in of pyra@example\.test, saying: 535/);
  });
});
