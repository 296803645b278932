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
  readonly messages: readonly { readonly id: string; readonly subject: string; readonly unread: boolean; readonly starred: boolean }[];
}

describe('e-mail: changing what is in Dovecot over TLS (needs dovecot-imapd and openssl)', () => {
  let server: Dovecot;
  let context: PluginContext;

  before(function () {
    needs(this, 'dovecot', 'openssl');
  });
  beforeEach(async function () {
    this.timeout(20_000);
    server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
    context = dovecotContext(server);
  });
  afterEach(async function () {
    this.timeout(20_000);
    closeConnections();
    await server.stop();
    removeFolder(context.dataDir);
  });

  const call = (name: string, args: object): Promise<ToolAnswer> => callTool(plugin, name, args, context);
  const preview = async (name: string, args: object): Promise<string> => (await plugin.previews?.[name]?.(args, context)) ?? '';
  const listed = async (args: object): Promise<Listed> => (await call('search', { limit: 50, ...args })).data as unknown as Listed;
  const idOf = async (subject: string): Promise<string> => (await listed({ subject })).messages[0]?.id ?? '';
  const idsOf = (answer: ToolAnswer): readonly string[] => (answer.data as unknown as { readonly ids: readonly string[] }).ids;

  it('marks messages as asked, after a preview that names them and changes nothing', async () => {
    const ids = [await idOf('Welcome'), await idOf('Your parcel')];
    expect(await preview('flag', { ids, read: true, starred: true })).to.equal(
      'Marks as read, starred:\nMon 2026-03-02 16:00 | Alice Example <alice@example.test> | Welcome | in INBOX\nFri 2026-03-06 11:00 | Parcel <p@parcel.example> | Your parcel | in INBOX',
    );
    expect((await listed({ subject: 'parcel' })).messages[0]).to.include({ unread: true, starred: false });
    await call('flag', { ids, read: true, starred: true });
    expect((await listed({ subject: 'parcel' })).messages[0]).to.include({ unread: false, starred: true });
    await call('flag', { ids, read: false, starred: false });
    expect((await listed({ subject: 'Welcome' })).messages[0]).to.include({ unread: true, starred: false });
  });

  it('refuses to mark without saying how', async () => {
    expect((await rejection(call('flag', { ids: [await idOf('Welcome')] }))).message).to.include('give read, starred or answered');
  });

  it('moves messages of several folders at once and gives their new ids', async () => {
    const ids = [await idOf('Welcome'), (await listed({ folder: 'Sent' })).messages[0]?.id ?? ''];
    expect(await preview('move', { ids, folder: 'work' })).to.match(/^Moves to Work:\n.*Welcome \| in INBOX\n.*Lunch.* \| in Sent$/);
    const answer = await call('move', { ids, folder: 'work' });
    expect(answer.text).to.match(/^moved 2 to Work\nnew id: /);
    expect((await listed({ folder: 'Work' })).total).to.equal(3);
    expect((await call('read', { id: idsOf(answer)[0] })).text)
      .to.include('Subject: Welcome')
      .and.include('Folder: Work');
    expect((await rejection(call('read', { id: ids[0] }))).message).to.include('no longer in INBOX');
  });

  it('names the nearest folder in place of one that is not there, and moves nothing', async () => {
    const ids = [await idOf('Welcome')];
    expect((await rejection(call('move', { ids, folder: 'Wrok' }))).message).to.match(/^there is no folder "Wrok"; the nearest are: Work,/);
    expect((await listed({})).total).to.equal(21);
  });

  it('archives into the folder for it, and makes one where there is none', async () => {
    const answer = await call('archive', { ids: [await idOf('Welcome')] });
    expect(answer.text).to.match(/^moved 1 to Archive/);
    expect((await listed({ folder: 'Archive' })).messages.map(({ subject }) => subject)).to.deep.equal(['Welcome']);
  });

  it('deletes into the trash and no further', async () => {
    const answer = await call('delete', { ids: [await idOf('Welcome')] });
    const [inTrash = ''] = idsOf(answer);
    expect((await call('read', { id: inTrash })).text).to.include('Folder: Trash');
    for (const step of [() => call('delete', { ids: [inTrash] }), () => preview('delete', { ids: [inTrash] })]) {
      expect((await rejection(step())).message).to.include('is not deleted any further');
    }
    expect((await listed({ folder: 'Trash' })).total).to.equal(1);
  });

  it('does what it can when some messages are gone, and says which', async () => {
    const gone = await idOf('Welcome');
    await call('archive', { ids: [gone] });
    const there = await idOf('Your parcel');
    expect(await preview('archive', { ids: [gone, there] }))
      .to.include(`(no longer there: ${gone})`)
      .and.include('Your parcel');
    expect((await call('archive', { ids: [gone, there] })).text)
      .to.include('moved 1 to Archive')
      .and.include(`no longer there: ${gone}`);
    expect((await rejection(call('archive', { ids: [gone] }))).message).to.include('none of the messages is there any more');
  });

  it('refuses a wrong id among right ones before anything is done', async () => {
    const ids = [await idOf('Welcome'), 'rubbish'];
    expect((await rejection(call('delete', { ids }))).message).to.include('is not the id of a message');
    expect((await listed({ folder: 'Trash' })).total).to.equal(0);
  });
});

describe('e-mail: folders that have to be made (needs dovecot-imapd and openssl)', () => {
  it('makes an archive and a trash where the server has none', async function () {
    needs(this, 'dovecot', 'openssl');
    this.timeout(20_000);
    const server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail()), specialFolders: false });
    const context = dovecotContext(server);
    try {
      const found = await callTool(plugin, 'search', { limit: 2 }, context);
      const [first, second] = (found.data as unknown as Listed).messages;
      expect(await plugin.previews?.archive?.({ ids: [first?.id] }, context)).to.match(/^Moves to Archive:/);
      expect((await callTool(plugin, 'folders', {}, context)).text).not.to.include('Archive');
      expect((await callTool(plugin, 'archive', { ids: [first?.id] }, context)).text).to.match(/^moved 1 to Archive/);
      expect((await callTool(plugin, 'delete', { ids: [second?.id] }, context)).text).to.match(/^moved 1 to Trash/);
    } finally {
      closeConnections();
      await server.stop();
      removeFolder(context.dataDir);
    }
  });
});
