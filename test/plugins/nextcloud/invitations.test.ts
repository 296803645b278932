import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { createEvent } from '../../../plugins/nextcloud/create-event.js';
import { deleteEvent } from '../../../plugins/nextcloud/delete-event.js';
import { invitePeople, previewInvite } from '../../../plugins/nextcloud/invite-people.js';
import { restoreEvent } from '../../../plugins/nextcloud/restore-event.js';
import { previewUpdate, updateEvent } from '../../../plugins/nextcloud/update-event.js';
import { startFaultyProxy } from '../../support/servers/faulty-proxy.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { calendarContext, failureWords } from './calendar-context.js';
import { trustAuthority } from './nextcloud-context.js';

describe('invitations (needs radicale and openssl)', () => {
  let radicale: Radicale;
  let plain: Radicale;
  let context: PluginContext;
  let dataDir: string;
  let forget = () => {};
  before(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections, user: 'pyra@example.test' });
    plain = await startRadicale({ seed: writeSampleCollections, user: 'pyra@example.test', plain: true });
    forget = trustAuthority(radicale.ca);
    dataDir = temporaryFolder();
    context = calendarContext(radicale, { dataDir });
  });
  after(async () => {
    forget();
    await radicale?.stop();
    await plain?.stop();
    if (dataDir !== undefined) removeFolder(dataDir);
  });

  it('notes attendees in the name of the person, and says that this server sends no mail', async () => {
    const { id } = (await createEvent({ title: 'Offer', start: '2026-03-28T10:00' }, context)).data as { readonly id: string };
    const call = { id, attendees: ['Bob "B" Builder <bob@example.test>', 'carol@example.test'] };
    const preview = await previewInvite(call, context);
    expect(preview)
      .to.contain('invites Bob B Builder <bob@example.test>, carol@example.test')
      .and.to.contain('sends no mail')
      .and.to.contain('title: Offer');
    const answer = await invitePeople(call, context);
    expect(answer.text).to.contain('noted as attendees').and.to.contain('sends no mail');
    const path = join(radicale.collections, 'personal', id.split('~').at(-1) ?? '');
    const stored = readFileSync(path, 'utf8').replace(/\r\n[ \t]/g, '');
    expect(stored).to.match(/^ORGANIZER:mailto:pyra@example\.test$/m);
    expect(stored).to.match(/^ATTENDEE;CN=Bob B Builder;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:bob@example\.test$/m);
    expect(await failureWords(invitePeople(call, context))).to.contain('all of them are invited already');
    for (const attendee of ['Bob\r\nX-EVIL:1 <bob>', 'bob@example.test\r\nATTENDEE:mailto:eve@example.test', 'bob', 'a@b.c,d@e.f']) {
      expect(await failureWords(previewInvite({ id, attendees: [attendee] }, context)), attendee).to.contain('is no e-mail address');
    }
  });

  it('changes and deletes what a server sends mail about only when a call names all who get it', async () => {
    const proxy = await startFaultyProxy(`http://127.0.0.1:${plain.port}`, () => undefined, {
      DAV: '1, 3, calendar-access, calendar-auto-schedule',
    });
    try {
      const sending = calendarContext({ ...plain, url: proxy.url }, { dataDir });
      const { id } = (await createEvent({ title: 'Offer', start: '2026-03-28T10:00' }, sending)).data as { readonly id: string };
      const invitation = { id, attendees: ['Bob <bob@example.test>'] };
      expect(await previewInvite(invitation, sending)).to.contain('sends them an invitation by mail');
      expect((await invitePeople(invitation, sending)).text).to.contain('invited');
      expect(await previewUpdate({ id, title: 'x' }, sending)).to.match(
        /^will be refused: .* would send mail about this to bob@example\.test/,
      );
      expect(await failureWords(updateEvent({ id, title: 'x' }, sending))).to.contain('name them all in notify');
      expect(await failureWords(deleteEvent({ id, notify: ['eve@example.test'] }, sending))).to.contain('bob@example.test');
      expect(await previewUpdate({ id, title: 'x', notify: ['bob@example.test'] }, sending)).to.contain(
        'will send mail about it to: bob@example.test',
      );
      await updateEvent({ id, title: 'x', notify: ['Bob <BOB@example.test>'] }, sending);
      expect(await failureWords(restoreEvent({ id }, sending))).to.contain('name them all in notify');
      await restoreEvent({ id, notify: ['bob@example.test'] }, sending);
      await deleteEvent({ id, notify: ['bob@example.test'] }, sending);
    } finally {
      await proxy.stop();
    }
  });
});
