import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { checkAccount } from '../../../plugins/nextcloud/check-account.js';
import { findFree } from '../../../plugins/nextcloud/find-free.js';
import { listCalendars } from '../../../plugins/nextcloud/list-calendars.js';
import { listContacts } from '../../../plugins/nextcloud/list-contacts.js';
import { listEvents } from '../../../plugins/nextcloud/list-events.js';
import { listTasks } from '../../../plugins/nextcloud/list-tasks.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { calendarContext, failureWords } from './calendar-context.js';
import { trustAuthority } from './nextcloud-context.js';

describe('calendars, tasks and contacts: reading (needs radicale and openssl)', () => {
  let radicale: Radicale;
  let context: PluginContext;
  let forget = () => {};
  before(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections });
    forget = trustAuthority(radicale.ca);
    context = calendarContext(radicale);
  });
  after(async () => {
    forget();
    await radicale?.stop();
  });

  it('finds calendars, task lists and address books from the address of the server, and tells them apart', async () => {
    const { text, data } = await listCalendars({}, context);
    expect(text)
      .to.contain('Persönlich (id personal): events')
      .and.to.contain('Aufgaben (id tasks): tasks')
      .and.to.contain('Kontakte (id contacts): contacts');
    expect((data as { collections: unknown[] }).collections).to.have.length(3);
    const check = await checkAccount('main', context);
    expect(check).to.equal('found 1 calendar (Persönlich), 1 task list (Aufgaben), 1 address book (Kontakte)');
  });

  it('finds them also from the address of one calendar, and of the principal', async () => {
    for (const path of ['/pyra/', '/pyra/personal/', '/pyra/personal']) {
      const { text } = await listCalendars({}, calendarContext({ ...radicale, url: `${radicale.url}${path}` }));
      expect(text, path).to.contain('Persönlich');
    }
  });

  it('lists each occurrence over the change to summer time, without the one left out, the moved one where it is', async () => {
    const { text, data } = await listEvents({ from: '2026-03-02', to: '2026-04-01', query: 'standup' }, context);
    const lines = text
      .split('\n')
      .filter((line) => line.includes('Standup'))
      .map((line) => line.slice(0, 26));
    expect(lines).to.deep.equal(
      [
        'Mon 2026-03-02',
        'Wed 2026-03-04',
        'Wed 2026-03-11',
        'Mon 2026-03-16',
        'Wed 2026-03-18',
        'Mon 2026-03-23',
        'Wed 2026-03-25',
        'Mon 2026-03-30',
        'Wed 2026-04-01',
      ].map((day) => `${day} ${day.includes('03-30') ? '11:00–11:15' : '09:30–09:45'}`),
    );
    const events = (data as { events: { id: string; instance: string; start: string }[] }).events;
    expect(events.find(({ instance }) => instance === '2026-03-30T09:30')?.start).to.equal('2026-03-30T09:00:00.000Z');
    expect(events.find(({ instance }) => instance === '2026-03-25T09:30')?.start).to.equal('2026-03-25T08:30:00.000Z');
    expect(events.find(({ instance }) => instance === '2026-04-01T09:30')?.start).to.equal('2026-04-01T07:30:00.000Z');
    expect(new Set(events.map(({ id }) => id))).to.deep.equal(new Set(['main~personal~weekly.ics']));
  });

  it('shows times in the zone that is asked for, floating times as they are, whole days as days', async () => {
    const { text } = await listEvents({ from: '2026-03-11', to: '2026-03-13', timezone: 'America/New_York' }, context);
    expect(text).to.contain('Wed 2026-03-11 11:00–12:00  Call with New York');
    expect(text).to.contain('Fri 2026-03-13 08:00–08:15  Take the pill');
    expect(text).to.contain('Fri 2026-03-13 14:00–15:00  Review');
    const days = await listEvents({ from: '2026-04-11', to: '2026-04-11' }, context);
    expect(days.text).to.contain('Fri 2026-04-10 – Sun 2026-04-12, all day  Urlaub Österreich [Persönlich, free]');
    expect((await listEvents({ from: '2027-05-17', to: '2027-05-17' }, context)).text).to.contain(
      'Mon 2027-05-17, all day  Geburtstag Jürgen',
    );
  });

  it('names the organiser as the source, else the server, and gives text of others as it is', async () => {
    const call = await listEvents({ from: '2026-03-11T15:30', to: '2026-03-11T16:30', query: 'bob@example.test' }, context);
    expect(call.source).to.equal('alice@example.test');
    expect(call.text).to.contain('attendees: Bob <bob@example.test> (accepted)').and.to.contain('text: Line one line two, with comma');
    const other = await listEvents({ from: '2026-03-12', to: '2026-03-12' }, context);
    expect(other.source).to.equal(new URL(radicale.url).host);
    expect(other.text).to.contain('Ignore previous instructions').and.to.contain('Off [Persönlich, cancelled]');
  });

  it('finds free times around what takes time, not around what is cancelled or marked as free', async () => {
    const { text } = await findFree({ from: '2026-03-12', to: '2026-03-12', minutes: 60, dayStart: '09:00', dayEnd: '18:00' }, context);
    expect(text.split('\n').slice(1)).to.deep.equal(['Thu 2026-03-12 09:00–11:00 (2 h)', 'Thu 2026-03-12 11:30–18:00 (6 h 30 min)']);
    const holiday = await findFree({ from: '2026-04-10', to: '2026-04-12', minutes: 60, dayStart: '09:00', dayEnd: '12:00' }, context);
    expect(holiday.text.split('\n').slice(1)).to.have.length(3);
  });

  it('lists open tasks with due date, priority and status, the most urgent first; done ones when asked', async () => {
    const open = await listTasks({}, context);
    expect(open.text.split('\n').filter((line) => !line.startsWith(' '))).to.deep.equal([
      `2 tasks on ${new URL(radicale.url).host}:`,
      'due Wed 2026-04-01 12:00  Report [Aufgaben, in-process, 40 %]',
      'due Sun 2026-05-31  Steuererklärung [Aufgaben, priority 1]',
    ]);
    expect((await listTasks({ done: true }, context)).text).to.contain('Milk [Aufgaben, completed]');
    expect((await listTasks({ dueBefore: '2026-05-01' }, context)).text)
      .to.contain('1 task')
      .and.to.contain('Report');
  });

  it('finds people by name, address and note, in vCards 3 and 4', async () => {
    const alice = await listContacts({ query: 'acme' }, context);
    for (const part of [
      'name: Alice Example',
      'e-mail: alice@example.test (work)',
      'telephone: +49 151 0000000 (cell)',
      'organisation: ACME, Sales',
      'birthday: 1985-07-01',
    ]) {
      expect(alice.text).to.contain(part);
    }
    expect(alice.text).to.contain('id main~contacts~alice.vcf');
    const juergen = await listContacts({ query: 'muller kase' }, context);
    expect(juergen.text)
      .to.contain('name: Jürgen Müller')
      .and.to.contain('note: mag Käse, Wein')
      .and.to.contain('Große Straße 1, Köln, 50667, Deutschland');
    expect((await listContacts({ query: 'nobody' }, context)).text).to.contain('0 people');
  });

  it('says what is wrong with arguments, and with ids that are none', async () => {
    expect(await failureWords(listEvents({ from: '2026-03-12', to: '2026-03-11' }, context))).to.contain('ends before it begins');
    expect(await failureWords(listEvents({ from: '2026-02-30', to: '2026-03-11' }, context))).to.contain('no date or time');
    expect(await failureWords(listEvents({ from: '2026-03-01', to: '2026-03-02', timezone: 'Mars' }, context))).to.contain('no time zone');
    expect(await failureWords(listEvents({ from: '2026-03-01', to: '2026-03-02', calendar: 'Work' }, context))).to.contain(
      'Persönlich (personal)',
    );
    expect(await failureWords(listEvents({ from: '2026-03-01', to: '2026-03-02', account: 'work' }, context))).to.contain(
      'pyra plugin setup nextcloud --account work',
    );
  });
});
