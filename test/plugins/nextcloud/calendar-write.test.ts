import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { createEvent, previewCreate } from '../../../plugins/nextcloud/create-event.js';
import { deleteEvent, previewDeleteEvent } from '../../../plugins/nextcloud/delete-event.js';
import { invitePeople } from '../../../plugins/nextcloud/invite-people.js';
import { listEvents } from '../../../plugins/nextcloud/list-events.js';
import { previewRestore, restoreEvent } from '../../../plugins/nextcloud/restore-event.js';
import { previewUpdate, updateEvent } from '../../../plugins/nextcloud/update-event.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { calendarContext, failureWords } from './calendar-context.js';
import { trustAuthority } from './nextcloud-context.js';

const WEEKLY = 'main~personal~weekly.ics';

describe('calendars: writing (needs radicale and openssl)', () => {
  let radicale: Radicale;
  let context: PluginContext;
  let dataDir: string;
  let forget = () => {};
  beforeEach(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections });
    forget = trustAuthority(radicale.ca);
    dataDir = temporaryFolder();
    context = calendarContext(radicale, { dataDir });
  });
  afterEach(async () => {
    forget();
    await radicale?.stop();
    removeFolder(dataDir);
  });

  const stored = (name: string) => readFileSync(join(radicale.collections, 'personal', name), 'utf8').replace(/\r\n[ \t]/g, '');
  const idOf = (answer: { readonly data?: unknown }) => (answer.data as { id: string }).id;
  const fileOf = (id: string) => id.split('~').at(-1) ?? '';
  const titles = async (from: string, to: string) =>
    (await listEvents({ from, to }, context)).text
      .split('\n')
      .filter((line) => /^\w{3} /.test(line))
      .map((line) => line.replace(/ \[.*/, ''));

  it('creates an event as the preview showed it, with its time zone defined, and nobody else told', async () => {
    const draft = {
      title: 'Offer: Käse, Wein; "Rest"',
      start: '2026-03-28T10:00',
      end: '2026-03-28T11:30',
      timezone: 'Europe/Berlin',
      location: 'Room 1',
      description: 'Line one\r\nATTENDEE:mailto:eve@example.test\rBEGIN:VALARM',
    };
    const preview = await previewCreate(draft, context);
    expect(preview)
      .to.contain('a new event in Persönlich')
      .and.to.contain('Sat 2026-03-28 10:00–11:30 (Europe/Berlin)')
      .and.to.contain('nobody is invited');
    expect(await titles('2026-03-28', '2026-03-28')).to.deep.equal([]);
    const id = idOf(await createEvent(draft, context));
    expect(await titles('2026-03-28', '2026-03-28')).to.deep.equal(['Sat 2026-03-28 10:00–11:30  Offer: Käse, Wein; "Rest"']);
    const text = stored(fileOf(id));
    expect(text).to.contain('DTSTART;TZID=Europe/Berlin:20260328T100000').and.to.contain('BEGIN:VTIMEZONE');
    expect(text).to.match(/RRULE:FREQ=YEARLY;.*BYDAY=-1SU/);
    expect(text).not.to.match(/^ATTENDEE/m);
    expect(text).not.to.match(/^BEGIN:VALARM/m);
  });

  it('creates whole days, recurring events and events in UTC, as drafts from mail have them', async () => {
    await createEvent({ title: 'Trip', start: '2026-07-01', end: '2026-07-03', allDay: true }, context);
    await createEvent(
      { title: 'Course', start: '2026-10-19T18:00', timezone: 'Europe/Berlin', recurrence: 'RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=2026-11-02' },
      context,
    );
    await createEvent({ title: 'Call', start: '2026-07-02T12:00Z', end: '2026-07-02T12:30Z' }, context);
    expect(await titles('2026-07-01', '2026-07-03')).to.deep.equal([
      'Wed 2026-07-01 – Fri 2026-07-03, all day  Trip',
      'Thu 2026-07-02 14:00–14:30  Call',
    ]);
    expect((await titles('2026-10-19', '2026-11-30')).filter((line) => line.includes('Course'))).to.deep.equal([
      'Mon 2026-10-19 18:00–19:00  Course',
      'Mon 2026-10-26 18:00–19:00  Course',
      'Mon 2026-11-02 18:00–19:00  Course',
    ]);
  });

  it('refuses what does not fit together', async () => {
    const create = (more: object) => failureWords(createEvent({ title: 'x', start: '2026-03-28T10:00', ...more }, context));
    expect(await create({ end: '2026-03-28T09:00' })).to.contain('ends before it begins');
    expect(await create({ recurrence: 'every week' })).to.contain('is no recurrence');
    expect(await create({ recurrence: 'FREQ=WEEKLY;BYDAY=MO' })).to.contain('is none of the days');
    expect(await create({ timezone: 'Mars' })).to.contain('no time zone');
    expect(await create({ calendar: 'Work' })).to.contain('there is no calendar "Work"');
    expect(await create({ calendar: 'contacts' })).to.contain('there is no calendar "contacts"');
  });

  it('changes a series, keeps what it does not understand, and moves its exceptions with it', async () => {
    const change = { id: WEEKLY, title: 'Daily', start: '2026-03-02T10:00' };
    const preview = await previewUpdate(change, context);
    expect(preview).to.contain('before:\nMon 2026-03-02 09:30–09:45 (Europe/Berlin)\ntitle: Standup');
    expect(preview).to.contain('after:\nMon 2026-03-02 10:00–10:15 (Europe/Berlin)\ntitle: Daily').and.to.contain('all occurrences');
    await updateEvent(change, context);
    expect(await titles('2026-03-02', '2026-03-11'))
      .to.include('Wed 2026-03-11 10:00–10:15  Daily')
      .and.not.include('Mon 2026-03-09 10:00–10:15  Daily');
    expect(await titles('2026-03-30', '2026-03-30')).to.deep.equal(['Mon 2026-03-30 11:00–11:15  Standup (moved)']);
    expect(stored('weekly.ics'))
      .to.contain('X-PYRA-SAMPLE;X-KIND=kept:untouched')
      .and.to.contain('TRIGGER:-PT10M')
      .and.to.match(/^SEQUENCE:1$/m);
  });

  it('changes one occurrence, and one that was moved already, and leaves the others', async () => {
    await updateEvent({ id: WEEKLY, instance: '2026-03-11T09:30', title: 'Long one', end: '2026-03-11T12:00' }, context);
    await updateEvent({ id: WEEKLY, instance: '2026-03-30T09:30', location: 'Room 2' }, context);
    expect(await titles('2026-03-11', '2026-03-11')).to.include('Wed 2026-03-11 09:30–12:00  Long one');
    expect((await listEvents({ from: '2026-03-30', to: '2026-03-30' }, context)).text)
      .to.contain('Standup (moved)')
      .and.to.contain('place: Room 2');
    expect(await titles('2026-03-16', '2026-03-16')).to.deep.equal(['Mon 2026-03-16 09:30–09:45  Standup']);
    expect(await failureWords(updateEvent({ id: WEEKLY, instance: '2026-03-09T09:30', title: 'x' }, context))).to.contain(
      'there is no occurrence',
    );
    expect(await failureWords(updateEvent({ id: WEEKLY, instance: '2026-03-11T09:30', recurrence: 'FREQ=DAILY' }, context))).to.contain(
      'cannot repeat',
    );
    expect(await failureWords(updateEvent({ id: WEEKLY }, context))).to.contain('nothing is to be changed');
  });

  it('changes only what was shown: nothing when it is another version by then, or not the one that is named', async () => {
    const change = { id: 'main~personal~utc.ics', title: 'Mine' };
    await previewUpdate(change, context);
    const path = join(radicale.collections, 'personal', 'utc.ics');
    writeFileSync(path, readFileSync(path, 'utf8').replace('Call with New York', 'Changed elsewhere'));
    expect(await failureWords(updateEvent(change, context))).to.contain('was changed in the meantime');
    expect(stored('utc.ics')).to.contain('SUMMARY:Changed elsewhere');
    expect(await failureWords(updateEvent({ ...change, etag: '"old"' }, context))).to.contain('was changed in the meantime');
    await updateEvent(change, context);
    expect(stored('utc.ics')).to.contain('SUMMARY:Mine');
  });

  it('brings back what was changed, as it was to the letter, and then the change again', async () => {
    // The server puts lines into an order of its own.
    const lines = () => stored('weekly.ics').split('\r\n').toSorted();
    const before = lines();
    await updateEvent({ id: WEEKLY, title: 'Changed' }, context);
    const preview = await previewRestore({ id: WEEKLY }, context);
    expect(preview)
      .to.contain('now:\n')
      .and.to.contain('title: Changed')
      .and.to.match(/then:[\s\S]*title: Standup/);
    await restoreEvent({ id: WEEKLY }, context);
    expect(lines()).to.deep.equal(before);
    await restoreEvent({ id: WEEKLY }, context);
    expect(stored('weekly.ics')).to.contain('SUMMARY:Changed');
    const kept = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(kept).to.have.length(3);
  });

  it('deletes one occurrence, then the whole event, and brings it back', async () => {
    const preview = await previewDeleteEvent({ id: WEEKLY, instance: '2026-03-30T09:30' }, context);
    expect(preview).to.contain('one occurrence').and.to.contain('Standup (moved)');
    await deleteEvent({ id: WEEKLY, instance: '2026-03-30T09:30' }, context);
    expect(await titles('2026-03-30', '2026-03-30')).to.deep.equal([]);
    expect(await previewDeleteEvent({ id: WEEKLY }, context)).to.contain('with all occurrences');
    await deleteEvent({ id: WEEKLY }, context);
    expect(await titles('2026-03-30', '2026-04-05')).to.deep.equal([]);
    expect(await failureWords(deleteEvent({ id: WEEKLY }, context))).to.contain('is not there');
    await restoreEvent({ id: WEEKLY }, context);
    expect(await titles('2026-03-30', '2026-04-01')).to.deep.equal(['Wed 2026-04-01 09:30–09:45  Standup']);
    expect(await failureWords(restoreEvent({ id: WEEKLY, version: 'none' }, context))).to.contain('there is no such version');
    expect(await failureWords(restoreEvent({ id: 'main~personal~floating.ics' }, context))).to.contain('no earlier version');
  });

  it('invites in no name that the server does not know, and not to what others organise', async () => {
    const id = idOf(await createEvent({ title: 'Offer', start: '2026-03-28T10:00' }, context));
    expect(await failureWords(invitePeople({ id, attendees: ['bob@example.test'] }, context))).to.contain(
      'knows no e-mail address of pyra',
    );
    expect(await failureWords(invitePeople({ id: 'main~personal~utc.ics', attendees: ['carol@example.test'] }, context))).to.contain(
      'only they can invite',
    );
  });

  it('changes nothing when what was there cannot be kept', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    const words = await failureWords(updateEvent({ id: WEEKLY, title: 'Lost' }, calendarContext(radicale, { dataDir: file })));
    expect(words).to.contain('could not be kept').and.to.contain('so nothing was changed');
    expect(stored('weekly.ics')).to.contain('SUMMARY:Standup');
  });

  it('takes no id for anything outside of the calendars', async () => {
    mkdirSync(join(radicale.collections, 'private'));
    for (const id of [
      'main~personal~../contacts/alice.vcf',
      'main~personal~%2e%2e',
      'main~contacts~alice.vcf',
      'main~private~x',
      'main~personal~a%2Fb',
      'weekly.ics',
      '',
    ]) {
      expect(await failureWords(deleteEvent({ id }, context)), id).to.match(/is not an id|is not there/);
    }
    expect(await failureWords(deleteEvent({ id: 'work~personal~weekly.ics' }, context))).to.contain('there is no account work');
  });
});
