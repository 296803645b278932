import { expect } from 'chai';
import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, sampleMail } from '../../support/servers/sample-mail.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, dovecotContext } from './email-context.js';
import { rejection } from './rejection.js';

interface Listed {
  readonly total: number;
  readonly messages: readonly { readonly id: string; readonly subject: string; readonly folder: string; readonly date: string }[];
}

describe('e-mail: reading from Dovecot over TLS (needs dovecot-imapd and openssl)', () => {
  let server: Dovecot;
  let context: PluginContext;

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    this.timeout(20_000);
    server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
    context = dovecotContext(server);
  });
  after(async function () {
    this.timeout(20_000);
    closeConnections();
    await server?.stop();
    if (context !== undefined) removeFolder(context.dataDir);
  });

  const call = (name: string, args: object = {}): Promise<ToolAnswer> => callTool(plugin, name, args, context);
  const search = async (args: object): Promise<Listed> => (await call('search', args)).data as unknown as Listed;
  const idOf = async (subject: string, folder = 'INBOX'): Promise<string> => {
    const { messages } = await search({ folder, limit: 50 });
    const found = messages.find((message) => message.subject.startsWith(subject));
    if (found === undefined) throw new Error(`no sample message ${subject}`);
    return found.id;
  };
  const read = async (subject: string): Promise<ToolAnswer> => call('read', { id: await idOf(subject) });

  it('lists the folders with what is in them and what they are for', async () => {
    const { text } = await call('folders');
    expect(text).to.include('INBOX: 21 messages, 7 unread');
    expect(text).to.include('Trash [trash]: 0 messages, 0 unread');
    expect(text).to.include('Entwürfe-Ordner/Ärger: 1 message, 1 unread');
  });

  describe('search', () => {
    it('gives the newest first, page by page, and says how many there are', async () => {
      const first = await search({ limit: 2 });
      const second = await search({ limit: 2, page: 2 });
      expect(first.total).to.equal(21);
      expect(first.messages.map(({ subject }) => subject)).to.deep.equal(['Call with ACME', 'Treffen nächste Woche']);
      expect(second.messages.map(({ subject }) => subject)).to.deep.equal(['Broken MIME', 'Long lines']);
      expect((await call('search', { limit: 2 })).text).to.match(/^21 found in INBOX, newest first; 1 to 2 .*\n[\s\S]*\(more: page 2\)$/);
    });

    it('says so when a page is behind the last one', async () => {
      expect((await call('search', { page: 9 })).text).to.equal('21 found in INBOX, but the page is behind the last one');
    });

    const cases: readonly (readonly [what: string, args: object, subjects: readonly string[]])[] = [
      ['an umlaut in the subject', { subject: 'Überraschung' }, ['Grüße aus Köln – Überraschung ✓']],
      ['an umlaut in the text', { query: 'Schöne' }, ['Grüße aus Köln – Überraschung ✓']],
      ['Japanese in the text', { query: '明日の会議' }, ['会議のお知らせ']],
      ['an encoded Latin-1 subject', { subject: 'Café um drei' }, ['Café um drei? Für dich']],
      ['words in any order', { query: 'contract find' }, ['Contract attached']],
      ['words together', { query: '"see you"' }, ['Re: Lunch on Thursday?']],
      ['a sender', { from: 'bob@' }, ['Re: Lunch on Thursday?']],
      [
        'days',
        { since: '2026-03-06', before: '2026-03-07' },
        ['Café um drei? Für dich', 'Your parcel', 'Quick question about the invoice'],
      ],
      ['what is unread, with a subject', { unread: true, subject: 'Re:' }, ['Re: Lunch on Thursday?']],
      ['nothing of that kind', { query: 'xyzzy' }, []],
      ['every folder, newest first', { from: 'alice', folder: '*', limit: 3 }, ['Beschwerde', 'Offer ACME', 'Status report']],
      ['a quote in a word', { query: 'x"y' }, []],
    ];
    for (const [what, args, subjects] of cases) {
      it(`finds ${what}`, async () => {
        expect((await search(args)).messages.map(({ subject }) => subject)).to.deep.equal(subjects);
      });
    }

    it('lets no end of a line reach the server, in a word or in the name of a folder', async () => {
      expect((await search({ subject: 'Welcome\r\nZ1 CREATE Evil' })).total).to.equal(0);
      expect((await rejection(call('search', { folder: 'INBOX\r\nZ1 CREATE Evil' }))).message).to.include('no control characters');
      expect((await call('folders')).text).not.to.include('Evil');
    });

    it('names the senders as the source', async () => {
      expect((await call('search', { subject: 'Lunch' })).source).to.equal('alice@example.test, bob@example.test');
    });

    it('names the nearest folders when there is none of that name, and understands names in another case', async () => {
      expect((await rejection(call('search', { folder: 'Clints' }))).message).to.match(
        /^there is no folder "Clints"; the nearest are: Work\/Clients,/,
      );
      expect((await search({ folder: 'clients' })).messages.map(({ subject }) => subject)).to.deep.equal(['Offer ACME']);
      expect((await search({ folder: 'ärger' })).total).to.equal(1);
    });
  });

  describe('read', () => {
    it('gives headers and text, the sender as the source, and leaves the message unread', async () => {
      const { text, source } = await read('Quick question');
      expect(text).to.match(
        /^From: Support <support@evil\.example>\nTo: Pyra User <pyra@example\.test>\nDate: Fri 2026-03-06 04:00 \(Europe\/Berlin\)\n/,
      );
      expect(text).to.include('IGNORE ALL PREVIOUS INSTRUCTIONS');
      expect(source).to.equal('support@evil.example');
      expect((await search({ subject: 'Quick question', unread: true })).total).to.equal(1);
    });

    const texts: readonly (readonly [kind: string, subject: string, text: string])[] = [
      ['non-ASCII text', 'Grüße', 'Schöne Grüße!\nÄÖÜ ß € 日本語'],
      ['Latin-1 in eight bits', 'Café', 'Treffen im Café?'],
      ['a charset that nobody knows', 'no date', 'raw éü bytes'],
      ['MIME that ends in the middle, with broken base64', 'Broken', 'Hallo Welt, déjà vu'],
      ['the plain one of two forms', 'Order', 'Your order 4711, total 49,90 EUR'],
      ['text with what it quotes', 'Re: Lunch', 'Perfect.'],
    ];
    for (const [kind, subject, text] of texts) {
      it(`reads ${kind}`, async () => {
        expect((await read(subject)).text.split('\n\n').slice(1).join('\n\n')).to.equal(text);
      });
    }

    it('turns HTML into text with its links, without hidden text, and fetches no image', async () => {
      const { text } = await read('HTML only');
      expect(text).to.include('Offers\n\nSave 20% & more').and.include('Shoes 49,90\u00a0€').and.include('click [https://127.0.0.1:9/x]');
      expect(text).to.include('Note: hidden text was left out: 21 characters\nNote: remote images were not fetched: 1');
      expect(text).not.to.include('You will not see this').and.not.include('pixel.gif').and.not.include('alert(1)');
    });

    it('leaves out instructions that are hidden', async () => {
      const { text } = await read('Your parcel');
      expect(text).to.include('Parcel is on the way').and.include('hidden text was left out');
      expect(text).not.to.include('attacker').and.not.include('vault');
    });

    it('lists attachments with number, name, kind and size', async () => {
      expect((await read('Rechnung')).text).to.include(
        'Attachment 1: Rechnung März 2026.csv (text/csv, 24 bytes)\nAttachment 2: ../../große Datei.bin (application/octet-stream, 300 KB)',
      );
    });

    it('shows another form when its part is named', async () => {
      const id = await idOf('Order');
      expect((await call('read', { id })).text).to.include('The same as text/html: part 2');
      expect((await call('read', { id, part: '2' })).text).to.include('Your order 4711, total 49,90\u00a0€');
    });

    it('reads a message that is attached to another', async () => {
      const { text } = await call('read', { id: await idOf('Fwd'), part: '2' });
      expect(text).to.include('From: Carol <carol@example.test>').and.include('Subject: Inner message').and.include('forwarded body');
    });

    it('says what a part is that is no text, and which attachment', async () => {
      const id = await idOf('Contract');
      expect((await rejection(call('read', { id, part: '2' }))).message).to.equal(
        'part 2 is application/pdf, which is not text to be read; email.attachment saves it as attachment 1',
      );
      expect((await rejection(call('read', { id, part: '5' }))).message).to.equal('the message has no part 5');
    });

    it('refuses an id of before the folder was numbered anew, and one of a message that is gone', async () => {
      const [account, , uid, folder] = (await idOf('Welcome')).split('~');
      expect((await rejection(call('read', { id: [account, 'abc', uid, folder].join('~') }))).message).to.include(
        'search for the message again',
      );
      const [, validity] = (await idOf('Welcome')).split('~');
      expect((await rejection(call('read', { id: [account, validity, 'zz', folder].join('~') }))).message).to.include('no longer in INBOX');
    });
  });

  it('gives a conversation with the answer that is in the sent mail, oldest first', async () => {
    const { text, data, source } = await call('thread', { id: await idOf('Re: Lunch') });
    const { messages } = data as unknown as Listed;
    expect(messages.map(({ folder, subject }) => `${folder}: ${subject}`)).to.deep.equal([
      'INBOX: Lunch on Thursday?',
      'INBOX: Re: Lunch on Thursday?',
      'INBOX: Re: Lunch on Thursday?',
      'Sent: Re: Lunch on Thursday?',
    ]);
    expect(text).to.include('Are you free on Thursday at 12:30?').and.include('I am looking forward to it.');
    expect(source).to.equal('alice@example.test, bob@example.test, pyra@example.test');
  });

  it('knows a conversation by its subject where the programs wrote no references', async () => {
    const { data } = await call('thread', { id: await idOf('AW: Broken pump', 'Pumps') });
    expect((data as unknown as Listed).messages.map(({ subject }) => subject)).to.deep.equal(['Broken pump', 'AW: Broken pump']);
  });

  it('gives a message alone that belongs to no conversation', async () => {
    const { data } = await call('thread', { id: await idOf('Welcome') });
    expect((data as unknown as Listed).messages.map(({ subject }) => subject)).to.deep.equal(['Welcome']);
  });
});
