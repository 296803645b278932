import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, INVITATION, largeMessage, sampleMail } from '../../support/servers/sample-mail.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, dovecotContext } from './email-context.js';
import { rejection } from './rejection.js';

interface Listed {
  readonly messages: readonly { readonly id: string }[];
}

interface Saved {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

describe('e-mail: attachments and appointments from Dovecot (needs dovecot-imapd and openssl)', () => {
  let server: Dovecot;
  let context: PluginContext;

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    this.timeout(20_000);
    server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, [...sampleMail(), largeMessage(30)], EMPTY_FOLDERS) });
  });
  beforeEach(() => {
    context = dovecotContext(server);
  });
  afterEach(() => {
    removeFolder(context.dataDir);
  });
  after(async function () {
    this.timeout(20_000);
    closeConnections();
    await server?.stop();
  });

  const call = (name: string, args: object): Promise<ToolAnswer> => callTool(plugin, name, args, context);
  const idOf = async (subject: string): Promise<string> =>
    ((await call('search', { subject })).data as unknown as Listed).messages[0]?.id ?? '';
  const save = async (subject: string, index: number): Promise<ToolAnswer> => call('attachment', { id: await idOf(subject), index });
  const saved = (answer: ToolAnswer): Saved => answer.data as unknown as Saved;

  it('saves the very bytes, for nobody else to read, under a safe name in the data folder', async () => {
    const answer = await save('Rechnung', 2);
    const { name, path, size } = saved(answer);
    expect(name).to.equal('attachments/große Datei.bin');
    expect(path).to.equal(join(context.dataDir, name));
    expect(readFileSync(path).equals(Buffer.alloc(300_000, 7))).to.equal(true);
    expect(size).to.equal(300_000);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(answer.source).to.equal('alice@example.test');
  });

  it('gives the text of text, and describes the rest', async () => {
    expect((await save('Rechnung', 1)).text).to.include('Posten;Größe\nÄpfel;2');
    expect((await save('Invitation', 2)).text)
      .to.include('BEGIN:VCALENDAR')
      .and.include('SUMMARY:Project kickoff');
    expect((await save('Contract', 1)).text).to.include('it is a PDF, so its text is not given');
  });

  it('never writes over a file that is there', async () => {
    const names = [saved(await save('Rechnung', 1)).name, saved(await save('Rechnung', 1)).name];
    expect(names).to.deep.equal(['attachments/Rechnung März 2026.csv', 'attachments/Rechnung März 2026-2.csv']);
  });

  it('previews what would be saved, and saves nothing by that', async () => {
    const preview = await plugin.previews?.attachment?.({ id: await idOf('Contract'), index: 1 }, context);
    expect(preview).to.equal(
      `Saves contract.pdf (application/pdf, 3.6 KB) from Alice Example <alice@example.test>, "Contract attached" to the plugin's data folder`,
    );
    expect(readdirSync(context.dataDir)).to.deep.equal(['ca.pem']);
  });

  it('says how many attachments there are when the number is wrong', async () => {
    expect((await rejection(save('Rechnung', 3))).message).to.equal('there is no attachment 3; the message has 2');
    expect((await rejection(save('Welcome', 1))).message).to.equal('the message has no attachments');
  });

  it('refuses what is too large and leaves nothing behind', async () => {
    expect((await rejection(save('Large', 1))).message).to.match(/^large\.bin is too large \(3\d MB\): at most 26 MB are saved$/);
    expect(readdirSync(context.dataDir)).to.deep.equal(['ca.pem']);
  });

  it('fails where a file is in the place of the folder', async () => {
    const id = await idOf('Rechnung');
    writeFileSync(join(context.dataDir, 'attachments'), '');
    expect((await rejection(call('attachment', { id, index: 1 }))).message).to.include('EEXIST');
  });

  it('finds the appointment of an invitation, with its time zone and repetition', async () => {
    const { data, source } = await call('events', { id: await idOf('Invitation') });
    expect(INVITATION).to.include('TZID=Europe/Berlin');
    expect(data).to.deep.include({
      drafts: [
        {
          id: await idOf('Invitation'),
          from: 'Alice Example <alice@example.test>',
          kind: 'invitation',
          sentence: 'Invitation to "Project kickoff" by Alice <alice@example.test>',
          event: {
            title: 'Project kickoff',
            start: '2026-03-10T10:00',
            end: '2026-03-10T11:00',
            timezone: 'Europe/Berlin',
            location: 'Room 1',
            description: 'Bring the plan, please.',
            recurrence: 'FREQ=WEEKLY;COUNT=4',
          },
        },
      ],
    });
    expect(source).to.equal('alice@example.test');
  });

  it('finds appointments in German and English text, by id and by words, in the time zone that is asked for', async () => {
    expect((await call('events', { id: await idOf('Treffen') })).text)
      .to.include('"start":"2026-03-17T15:00","end":"2026-03-17T16:00","timezone":"Europe/Berlin"')
      .and.include('from: wir treffen uns am 17. März 2026 um 15 Uhr im Café Central.');
    expect((await call('events', { query: 'call ACME' })).text).to.include('"start":"2026-03-24T15:00-05:00"');
    expect((await call('events', { id: await idOf('Treffen'), timezone: 'Asia/Tokyo' })).text).to.include('"timezone":"Asia/Tokyo"');
  });

  it('says so where there is no appointment, no such message, no such time zone, and nothing to look into', async () => {
    expect((await call('events', { id: await idOf('Welcome') })).text).to.match(/^no appointment was found/);
    expect((await rejection(call('events', { query: 'xyzzy' }))).message).to.equal('no message was found for "xyzzy"');
    expect((await rejection(call('events', { query: 'x', timezone: 'Mars/Base' }))).message).to.include('is no time zone');
    expect((await rejection(call('events', {}))).message).to.include('either the id of a message, or a query');
  });
});
