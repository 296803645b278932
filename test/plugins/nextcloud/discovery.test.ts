import { expect } from 'chai';
import { DAVClient } from 'tsdav';
import { createEvent } from '../../../plugins/nextcloud/create-event.js';
import { deleteEvent } from '../../../plugins/nextcloud/delete-event.js';
import { listCalendars } from '../../../plugins/nextcloud/list-calendars.js';
import { listContacts } from '../../../plugins/nextcloud/list-contacts.js';
import { listEvents } from '../../../plugins/nextcloud/list-events.js';
import { listFiles } from '../../../plugins/nextcloud/list-files.js';
import { restoreEvent } from '../../../plugins/nextcloud/restore-event.js';
import { updateEvent } from '../../../plugins/nextcloud/update-event.js';
import { createContact } from '../../../plugins/nextcloud/write-contact.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { calendarContext } from './calendar-context.js';
import { nextcloudContext, trustAuthority } from './nextcloud-context.js';

describe('a Nextcloud of which only the address is known (needs apache2, openssl and radicale)', () => {
  let radicale: Radicale;
  let apache: Apache;
  let forget = () => {};
  before(async function () {
    needs(this, 'apache2', 'openssl');
    needsRadicale(this);
    radicale = await startRadicale({ plain: true, seed: writeSampleCollections });
    apache = await startApache({ radicale: radicale.port });
    forget = trustAuthority(apache.ca);
  });
  after(async () => {
    forget();
    await apache?.stop();
    await radicale?.stop();
  });

  for (const [way, url] of [
    ['over TLS', () => apache.url],
    ['with a slash behind it', () => `${apache.url}/`],
    ['in the clear', () => apache.plainUrl],
    ['by the address of its WebDAV', () => `${apache.url}/remote.php/dav`],
  ] as const) {
    it(`has calendars, address books and files: ${way}`, async () => {
      const context = nextcloudContext({ ...apache, url: url() });
      const { text } = await listCalendars({}, context);
      expect(text).to.contain('Persönlich').and.to.contain('Kontakte');
      expect(text.match(/Persönlich/g), 'each calendar once').to.have.length(1);
      expect((await listFiles({}, context)).text).to.contain('Notes.md');
    });
  }

  it('takes events and people through its own addresses', async () => {
    const dataDir = temporaryFolder();
    try {
      const context = calendarContext(apache, { dataDir });
      const { data } = await createEvent({ title: 'Über', start: '2026-03-20T10:00', recurrence: 'FREQ=WEEKLY;COUNT=3' }, context);
      const { id } = data as { readonly id: string };
      expect(id).to.match(/^main~personal~/);
      await updateEvent({ id, instance: '2026-03-27T10:00', start: '2026-03-27T12:00' }, context);
      await deleteEvent({ id, instance: '2026-04-03T10:00' }, context);
      await deleteEvent({ id }, context);
      await restoreEvent({ id }, context);
      const { text } = await listEvents({ from: '2026-03-20', to: '2026-04-05', query: 'uber' }, context);
      expect(text.split('\n').filter((line) => line.includes('Über'))).to.deep.equal([
        'Fri 2026-03-20 10:00–11:00  Über [Persönlich, recurring]',
        'Fri 2026-03-27 12:00–13:00  Über [Persönlich, an exception of a recurring event]',
      ]);
      await createContact({ name: 'Zoë Ünal' }, context);
      expect((await listContacts({ query: 'zoe' }, context)).text).to.contain('1 person');
    } finally {
      removeFolder(dataDir);
    }
  });

  it('shows tsdav the same calendars', async () => {
    const client = new DAVClient({
      serverUrl: apache.url,
      credentials: { username: apache.user, password: Buffer.from(apache.password).toString('latin1') },
      authMethod: 'Basic',
      defaultAccountType: 'caldav',
    });
    await client.login();
    const calendars = await client.fetchCalendars();
    expect(calendars.map(({ displayName }) => displayName)).to.include('Persönlich');
    expect(calendars[0]?.url).to.contain('/remote.php/dav/calendars/pyra/');
  });
});
