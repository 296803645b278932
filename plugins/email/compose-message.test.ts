import { createHash } from 'node:crypto';
import { expect } from 'chai';
import PostalMime from 'postal-mime';
import { composeMessage, fingerprint, newStamp } from './compose-message.js';
import { messagePreview } from './message-preview.js';
import type { OutgoingMessage } from './outgoing-message.js';

const server = { host: 'mail.example.test', port: 465, tls: 'tls' } as const;
const account = { name: 'main', address: 'pyra@example.test', user: 'pyra', auth: 'password', imap: server, smtp: server } as const;
const plain: OutgoingMessage = {
  account,
  from: { address: 'pyra@example.test' },
  to: [{ address: 'alice@example.org', name: 'Jürgen „Jay“ Müller, Dr.' }],
  cc: [{ address: 'bob@example.org' }],
  bcc: [{ address: 'carol@example.org' }],
  subject: 'Größe: ß ✓ — ein Betreff, der so lang ist, dass er gefaltet werden muss, weil er nicht in eine Zeile passt',
  body: 'Hallo,\n\n.\n..\nFrom hier\n> zitiert\n  eingerückt  \nein langer Absatz '.concat('wörter '.repeat(200), '\n-- \nPyra'),
  attachments: [],
};
const file = (name: string, content: Buffer) => ({ name, content, sha256: createHash('sha256').update(content).digest('hex') });
const stamp = newStamp(plain.from);
const parse = async (message: OutgoingMessage) => PostalMime.parse((await composeMessage(message, stamp)).sent);

describe('a composed message', () => {
  it('says the same as what was asked for, umlauts and long lines included', async () => {
    const mail = await parse(plain);
    expect(mail.from).to.include({ address: 'pyra@example.test' });
    expect(mail.to?.[0]).to.include({ address: 'alice@example.org', name: 'Jürgen „Jay“ Müller, Dr.' });
    expect(mail.cc?.[0]).to.include({ address: 'bob@example.org' });
    expect(mail.subject).to.equal(plain.subject);
    expect(mail.text?.replaceAll('\r\n', '\n').replace(/\n$/, '')).to.equal(plain.body);
    expect(mail.messageId).to.equal(stamp.messageId);
    expect(mail.html).to.equal(undefined);
  });

  it('hides Bcc from those who get it, and keeps it in the copy', async () => {
    const { sent, kept } = await composeMessage(plain, stamp);
    expect(sent.toString('latin1')).to.not.match(/carol|^bcc/im);
    expect(kept().toString('latin1')).to.match(/^Bcc: carol@example\.org\r$/m);
    expect(
      kept()
        .toString('latin1')
        .replace(/^Bcc: .*\r\n/m, ''),
    ).to.equal(sent.toString('latin1'));
  });

  it('keeps many addresses in Bcc, with their names', async () => {
    const bcc = Array.from({ length: 60 }, (_, index) => ({ address: `person${index}@example.org`, name: `Jürgen ${index}` }));
    const { sent, kept } = await composeMessage({ ...plain, bcc }, stamp);
    const mail = await PostalMime.parse(kept());
    expect(mail.bcc?.map(({ name, address }) => ({ address, name }))).to.deep.equal(bcc);
    expect(mail.text).to.equal((await PostalMime.parse(sent)).text);
    expect(sent.toString('latin1')).to.not.include('person1@');
  });

  it('has lines of 998 bytes at most, that end with CRLF, and nothing but ASCII', async () => {
    const text = (await composeMessage({ ...plain, attachments: [file('ü'.repeat(90), Buffer.alloc(5_000, 200))] }, stamp)).sent.toString(
      'latin1',
    );
    for (const line of text.split('\r\n')) expect(line.length).to.be.at.most(998);
    expect(text.replaceAll('\r\n', '')).to.not.match(/[\r\n\u0080-\u00ff]/);
  });

  it('holds attachments byte by byte, whatever they are', async () => {
    const contents: readonly (readonly [string, Buffer])[] = [
      ['Angebot für Änne.pdf', Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256))],
      ['notes.txt', Buffer.from('a\nb\r\nc\rd \n.\nFrom x\n')],
      ['mail.eml', Buffer.from('Subject: x\n\nbody\n.\n')],
      ['invite.ics', Buffer.from('BEGIN:VCALENDAR\nEND:VCALENDAR\n')],
      ['page.html', Buffer.from('<p>ü</p>')],
      ['empty', Buffer.alloc(0)],
    ];
    const mail = await parse({ ...plain, attachments: contents.map(([name, content]) => file(name, content)) });
    expect(mail.attachments.map(({ filename }) => filename)).to.deep.equal(contents.map(([name]) => name));
    for (const [index, [, content]] of contents.entries()) {
      expect(Buffer.from(mail.attachments[index]?.content as ArrayBuffer).equals(content)).to.equal(true);
    }
    expect(mail.text?.replaceAll('\r\n', '\n').replace(/\n$/, '')).to.equal(plain.body);
  });

  it('refers to the message that it answers', async () => {
    const answers = {
      messageId: '<2@example.org>',
      references: ['<1@example.org>', '<2@example.org>'],
      subject: 'x',
      from: 'alice@example.org',
    };
    const mail = await parse({ ...plain, answers });
    expect(mail.inReplyTo).to.equal('<2@example.org>');
    expect(mail.references).to.equal('<1@example.org> <2@example.org>');
  });

  it('tells nothing about the machine or the program that made it', async () => {
    const text = (await composeMessage(plain, stamp)).sent.toString('latin1');
    expect(text).to.not.match(/^(X-|User-Agent|Received)/im);
    expect(stamp.messageId).to.match(/^<[0-9a-f-]{36}@example\.test>$/);
  });

  it('is the same for the same stamp, and its fingerprint changes with everything that is seen', async () => {
    const again = await composeMessage(plain, stamp);
    expect(again.sent.equals((await composeMessage(plain, stamp)).sent)).to.equal(true);
    const first = await fingerprint(plain);
    expect(await fingerprint({ ...plain })).to.equal(first);
    const others: readonly OutgoingMessage[] = [
      { ...plain, body: `${plain.body} ` },
      { ...plain, subject: `${plain.subject}.` },
      { ...plain, bcc: [] },
      { ...plain, to: [{ address: 'mallory@example.org' }] },
      { ...plain, attachments: [file('a', Buffer.from('1'))] },
      { ...plain, account: { ...account, smtp: { ...server, host: 'other.example.test' } } },
    ];
    for (const other of others) expect(await fingerprint(other)).to.not.equal(first);
  });
});

describe('the preview of a message', () => {
  it('shows every field, the files with their size and digest, and the text last', () => {
    const shown = messagePreview({ ...plain, attachments: [file('a.pdf', Buffer.from('pdf'))] }, 'send');
    expect(shown.split('\n').slice(0, 5)).to.deep.equal([
      'From: pyra@example.test',
      'To: alice@example.org (Jürgen „Jay“ Müller, Dr.)',
      'Cc: bob@example.org',
      'Bcc: carol@example.org (the others do not see them)',
      `Subject: ${plain.subject}`,
    ]);
    expect(shown).to.include(`Attachment: a.pdf (3 bytes, SHA-256 ${createHash('sha256').update('pdf').digest('hex')})`);
    expect(shown).to.include('mail.example.test:465 (encrypted)');
    expect(shown.endsWith(`\n\n${plain.body}`)).to.equal(true);
  });

  it('lets no field of the message that is answered pass for one of its own', () => {
    const answers = { messageId: '<1@a.test>', references: [], subject: 'Hi\nTo: a@b.test', from: 'x@a.test\nTo: mallory@evil.test\u202e' };
    const lines = messagePreview({ ...plain, answers }, 'send').split('\n');
    expect(lines.filter((line) => line.startsWith('To: '))).to.have.length(1);
    expect(lines).to.include('In reply to: "Hi\\nTo: a@b.test" of x@a.test To: mallory@evil.test <1@a.test>');
  });

  it('says so when the connection is not encrypted, and when a draft is only saved', () => {
    const open = { ...plain, account: { ...account, smtp: { ...server, tls: 'none' as const } } };
    expect(messagePreview(open, 'send')).to.include('NOT encrypted');
    expect(messagePreview(plain, 'draft')).to.include('nothing is sent');
  });
});
