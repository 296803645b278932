import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ImapFlow } from 'imapflow';
import PostalMime from 'postal-mime';
import { ToolFailure } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import { messageId } from '../../../plugins/email/message-reference.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { type Postfix, requirePostfix, startPostfix } from '../../support/servers/postfix.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, type EmailContext } from './email-context.js';
import { failureOf, type SendingContextOptions, sendingContext } from './sending-context.js';

describe('email.send and email.draft, by Postfix and Dovecot', function () {
  this.timeout(20_000);
  let dovecot: Dovecot;
  let postfix: Postfix;
  let context: EmailContext;
  const made: EmailContext[] = [];

  before(async function () {
    needs(this, 'dovecot');
    requirePostfix(this);
    dovecot = await startDovecot();
    const recipients = { 'nobody@outside.test': '550 5.1.1 no such mailbox', 'later@outside.test': '450 4.2.0 greylisted, come back' };
    postfix = await startPostfix(dovecot, { sizeLimit: 1_000_000, recipients });
  });
  beforeEach(() => {
    context = make();
  });
  afterEach(() => closeConnections());
  after(async () => {
    for (const { dataDir } of made) removeFolder(dataDir);
    await postfix?.stop();
    await dovecot?.stop();
  });

  function make(options: SendingContextOptions = {}): EmailContext {
    const one = sendingContext(dovecot, postfix, options);
    made.push(one);
    return one;
  }
  const preview = async (args: object, name = 'send'): Promise<string> => (await plugin.previews?.[name]?.(args, context)) ?? '';
  const send = (args: object, by = context) => callTool(plugin, 'send', args, by);

  async function withMailbox<T>(use: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = new ImapFlow({
      host: dovecot.host,
      port: dovecot.tlsPort,
      secure: true,
      auth: { user: dovecot.user, pass: dovecot.password },
      tls: { rejectUnauthorized: false },
      logger: false,
    });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.logout();
    }
  }

  /** The messages of a folder whose subject is this, raw, when there are as many as expected. */
  function stored(folder: string, subject: string): Promise<readonly { readonly source: string; readonly flags: Set<string> }[]> {
    return withMailbox(async (client) => {
      for (let attempt = 0; attempt < 40; attempt++) {
        await client.mailboxOpen(folder, { readOnly: true });
        const found = [];
        for (const uid of (await client.search({ subject }, { uid: true })) || []) {
          const one = await client.fetchOne(String(uid), { source: true, flags: true }, { uid: true });
          if (one) found.push({ source: one.source?.toString('latin1') ?? '', flags: one.flags ?? new Set<string>() });
        }
        if (found.length > 0) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
        await client.mailboxClose();
      }
      return [];
    });
  }

  async function outsideCount(count: number): Promise<readonly string[]> {
    for (let attempt = 0; attempt < 60 && postfix.outside().length < count; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return postfix.outside();
  }

  for (const tls of ['tls', 'starttls'] as const) {
    it(`sends over ${tls} what the preview showed, to inside and outside, and keeps a copy`, async () => {
      context = make({ tls });
      const before = postfix.outside().length;
      writeFileSync(join(context.dataDir, 'Übersicht für März.txt'), 'grün\n');
      const subject = `Angebot über ${tls}: ß ✓`;
      const args = {
        to: ['Jürgen <alice@example.test>', 'bob@outside.test'],
        cc: ['carol@outside.test'],
        bcc: ['hidden@outside.test'],
        subject,
        body: 'Hallo Jürgen,\n\n.\nFrom mir\nGrüße',
        attachments: ['Übersicht für März.txt'],
      };
      const shown = await preview(args);
      expect(shown).to.include('To: alice@example.test (Jürgen), bob@outside.test\nCc: carol@outside.test\nBcc: hidden@outside.test');
      expect(postfix.outside()).to.have.length(before);
      const answer = await send(args);
      expect(answer.text).to.match(
        /^sent to alice@example\.test, bob@outside\.test, carol@outside\.test, hidden@outside\.test; Message-ID <.+@example\.test>\na copy is in Sent, id main~/,
      );

      const [inside] = await stored('INBOX', `${tls}: `);
      const outside = (await outsideCount(before + 3)).slice(before);
      expect(outside.map((raw) => /^X-Envelope-To: (.*)$/m.exec(raw)?.[1]).sort()).to.deep.equal([
        'bob@outside.test',
        'carol@outside.test',
        'hidden@outside.test',
      ]);
      for (const raw of [inside?.source ?? '', ...outside.map((one) => one.replace(/^X-Envelope-To:.*\n/m, ''))]) {
        expect(raw).to.not.match(/hidden@|^bcc:/im);
        const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'));
        expect(mail.subject).to.equal(subject);
        expect(mail.to?.map(({ name, address }) => [name, address])).to.deep.equal([
          ['Jürgen', 'alice@example.test'],
          ['', 'bob@outside.test'],
        ]);
        expect(mail.text?.replaceAll('\r\n', '\n').trimEnd()).to.equal(args.body);
        expect(mail.attachments[0]?.filename).to.equal('Übersicht für März.txt');
        expect(Buffer.from(mail.attachments[0]?.content as ArrayBuffer).toString()).to.equal('grün\n');
      }
      const [copy] = await stored('Sent', `${tls}: `);
      expect(copy?.source).to.match(/^Bcc: hidden@outside\.test\r$/m);
      expect(copy?.flags.has('\\Seen')).to.equal(true);
      expect((answer.data as { readonly accepted: readonly string[] }).accepted).to.have.length(4);
    });
  }

  it('answers a message within its conversation', async () => {
    const original =
      'From: a@outside.test\r\nTo: pyra@example.test\r\nSubject: Frage\r\nMessage-ID: <q2@outside.test>\r\nReferences: <q1@outside.test>\r\n\r\n?\r\n';
    const saved = await withMailbox((client) => client.append('INBOX', original));
    if (saved === false || saved.uid === undefined || saved.uidValidity === undefined) throw new Error('it was not saved');
    const reference = { account: 'main', folder: 'INBOX', uidValidity: saved.uidValidity, uid: saved.uid };
    const args = { to: ['a@outside.test'], subject: 'Re: Frage', body: 'Antwort', inReplyTo: messageId(reference) };
    const before = postfix.outside().length;
    expect(await preview(args)).to.include('In reply to: "Frage" of a@outside.test <q2@outside.test>');
    await send(args);
    const raw = (await outsideCount(before + 1)).at(-1) ?? '';
    const mail = await PostalMime.parse(raw);
    expect([mail.inReplyTo, mail.references]).to.deep.equal(['<q2@outside.test>', '<q1@outside.test> <q2@outside.test>']);
    const gone = await failureOf(preview({ ...args, inReplyTo: messageId({ ...reference, uidValidity: 1n }) }));
    expect(gone.message).to.match(/has numbered the folder INBOX anew/);
  });

  it('sends nothing for anything that could smuggle a header or another recipient', async () => {
    const before = postfix.outside().length;
    const good = { to: ['a@outside.test'], subject: 's', body: 'b' };
    const attempts: readonly object[] = [
      { ...good, subject: 'x\r\nBcc: mallory@outside.test' },
      { ...good, to: ['a@outside.test\r\nBcc: mallory@outside.test'] },
      { ...good, to: ['a@outside.test, mallory@outside.test'] },
      { ...good, cc: ['"x\r\n" <mallory@outside.test>'] },
      { ...good, bcc: ['a@outside.test> SIZE=1\r\nRCPT TO:<mallory@outside.test'] },
      { ...good, attachments: ['../../../etc/passwd'] },
      { ...good, body: 'a\u0000b' },
      { ...good, inReplyTo: '<x@y>\r\nBcc: mallory@outside.test' },
    ];
    for (const args of attempts) {
      expect(await failureOf(send(args)), JSON.stringify(args)).to.be.instanceOf(ToolFailure);
      expect(await failureOf(preview(args)), JSON.stringify(args)).to.be.instanceOf(ToolFailure);
    }
    // A body may hold whatever looks like a header or an end: it stays text.
    await send({ ...good, subject: 'text', body: 'Bcc: mallory@outside.test\n.\nQUIT\n\n.\n' });
    const raws = await outsideCount(before + 1);
    expect(raws).to.have.length(before + 1);
    expect(await PostalMime.parse(raws.at(-1) ?? '')).to.deep.include({ text: 'Bcc: mallory@outside.test\n.\nQUIT\n\n.\n' });
  });

  it('does not send what is no longer what was shown', async () => {
    const args = { to: ['a@outside.test'], subject: 'changed', body: 'b', attachments: ['file.txt'] };
    writeFileSync(join(context.dataDir, 'file.txt'), 'one');
    const before = postfix.outside().length;
    await preview(args);
    writeFileSync(join(context.dataDir, 'file.txt'), 'two');
    expect((await failureOf(send(args))).message).to.match(/nothing was sent: the message would no longer be what was shown/);
    expect(await preview(args)).to.match(/Attachment: file\.txt \(3 bytes, SHA-256 3fc4ccfe745870e2/);
    await send(args);
    const raws = await outsideCount(before + 1);
    expect(raws).to.have.length(before + 1);
  });

  it('says exactly who did not get a message', async () => {
    const answer = await send({
      to: ['bob@outside.test', 'nobody@outside.test'],
      cc: ['later@outside.test'],
      subject: 'partly',
      body: 'b',
    });
    expect(answer.text).to.match(/^sent, but not to everybody\. sent to bob@outside\.test;/);
    expect(answer.text).to.match(
      /NOT sent to:\n- nobody@outside\.test: refused for good, mostly because there is no such mailbox: 550 5\.1\.1 .*no such mailbox/,
    );
    expect(answer.text).to.match(/\n- later@outside\.test: not accepted for now.*450 4\.2\.0 .*greylisted/);
    expect(answer.data).to.deep.include({ accepted: ['bob@outside.test'] });
  });

  it('sends nothing when nobody is accepted', async () => {
    const failure = await failureOf(send({ to: ['nobody@outside.test'], bcc: ['later@outside.test'], subject: 'none', body: 'b' }));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/took the message for nobody, so nothing was sent: nobody@outside\.test: .*; later@outside\.test: /);
    expect(
      await withMailbox(async (client) => {
        await client.mailboxOpen('Sent', { readOnly: true });
        return client.search({ subject: 'none' });
      }),
    ).to.deep.equal([]);
  });

  it('says what is too large', async () => {
    writeFileSync(join(context.dataDir, 'large.bin'), Buffer.alloc(1_200_000));
    const failure = await failureOf(send({ to: ['a@outside.test'], subject: 'large', body: 'b', attachments: ['large.bin'] }));
    expect(failure.message).to.match(/too large for 127\.0\.0\.1: it takes 976 KB at most.*nothing was sent/);
  });

  it('says that a sign-in was refused, without the password', async () => {
    context = make({ secrets: { 'main.password': 'wrong-password-99' } });
    const failure = await failureOf(send({ to: ['a@outside.test'], subject: 's', body: 'b' }));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(
      /refused the sign-in of pyra@example\.test, saying: 535 .*`pyra plugin setup email`.*nothing was sent/,
    );
    expect(`${failure.message}${failure.stack}${JSON.stringify(context.told)}`).to.not.include('wrong-password-99');
  });

  it('says that a certificate is not trusted', async () => {
    const args = { to: ['a@outside.test'], subject: 's', body: 'b' };
    context = make();
    writeFileSync(join(context.dataDir, 'ca.pem'), '');
    expect((await failureOf(send(args))).message).to.match(
      /the certificate of 127\.0\.0\.1:\d+ is not one that this machine trusts.*`ca`.*nothing was sent/,
    );
    for (const [kind, words] of [
      ['other-host', /is for another host/],
      ['expired', /has expired/],
    ] as const) {
      const wrong = await startPostfix(dovecot, { certificate: kind });
      try {
        for (const tls of ['tls', 'starttls'] as const) {
          const by = sendingContext(dovecot, wrong, { tls });
          made.push(by);
          expect((await failureOf(send(args, by))).message).to.match(words);
        }
      } finally {
        await wrong.stop();
      }
    }
  });

  it('says that the other encryption was meant', async () => {
    context = make({ settings: { smtp_port: postfix.port, smtp_tls: 'tls' } });
    expect((await failureOf(send({ to: ['a@outside.test'], subject: 's', body: 'b' }))).message).to.match(
      /does not speak TLS from the start.*smtp_tls to starttls/,
    );
  });

  it('says that nobody listens', async () => {
    context = make({ settings: { smtp_port: 1 } });
    expect((await failureOf(send({ to: ['a@outside.test'], subject: 's', body: 'b' }))).message).to.match(
      /127\.0\.0\.1:1 refuses connections/,
    );
  });

  it('counts a message as sent when only the copy fails', async () => {
    context = make({ settings: { imap_port: 1 } });
    const answer = await send({ to: ['a@outside.test'], subject: 'no copy', body: 'b' });
    expect(answer.text).to.match(/^sent to a@outside\.test.*\nno copy could be saved in the folder of sent mail: .*refuses connections/);
  });

  it('saves a draft, with Bcc, to the folder for drafts, and sends nothing', async () => {
    const args = { to: ['a@outside.test'], bcc: ['b@outside.test'], subject: 'Entwurf', body: 'ü' };
    expect(await preview(args, 'draft')).to.match(/^From: pyra@example\.test[\s\S]*nothing is sent/);
    const answer = await callTool(plugin, 'draft', args, context);
    expect(answer.text).to.match(/^the draft is in Drafts, id main~.*; nothing was sent$/);
    const [draft] = await stored('Drafts', 'Entwurf');
    expect(draft?.source).to.match(/^Bcc: b@outside\.test\r$/m);
    expect([...(draft?.flags ?? [])]).to.include.members(['\\Draft', '\\Seen']);
    expect(postfix.outside().filter((raw) => raw.includes('Entwurf'))).to.deep.equal([]);
  });

  it('checks an account: what works, and what does not', async () => {
    expect(await plugin.check?.('main', context)).to.match(
      /^pyra@example\.test: receiving by 127\.0\.0\.1:\d+ and sending by 127\.0\.0\.1:\d+ work$/,
    );
    const astray = make({ settings: { timezone: 'Mars/Base' } });
    expect((await failureOf(Promise.resolve(plugin.check?.('main', astray)))).message).to.include('"Mars/Base" is no time zone');
    context = make({ settings: { smtp_port: 1 } });
    const failure = await failureOf(Promise.resolve(plugin.check?.('main', context)));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/receiving by .* works\nsending by .* does not work: .*refuses connections/);
  });
});
