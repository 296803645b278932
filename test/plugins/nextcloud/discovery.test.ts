import { expect } from 'chai';
import { DAVClient } from 'tsdav';
import { listCalendars } from '../../../plugins/nextcloud/list-calendars.js';
import { listFiles } from '../../../plugins/nextcloud/list-files.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { needs } from '../../support/servers/test-server.js';
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
      expect((await listFiles({}, context)).text).to.contain('Notes.md');
    });
  }

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
