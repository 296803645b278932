import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { checkAccount } from '../../../plugins/nextcloud/check-account.js';
import { createEvent } from '../../../plugins/nextcloud/create-event.js';
import { deleteEvent } from '../../../plugins/nextcloud/delete-event.js';
import { listCalendars } from '../../../plugins/nextcloud/list-calendars.js';
import { listEvents } from '../../../plugins/nextcloud/list-events.js';
import { updateEvent } from '../../../plugins/nextcloud/update-event.js';
import { type Fault, type FaultyProxy, type SeenRequest, startFaultyProxy } from '../../support/servers/faulty-proxy.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { calendarContext, failureWords } from './calendar-context.js';
import { failureOf, trustAuthority } from './nextcloud-context.js';

const MARCH = { from: '2026-03-01', to: '2026-03-31' };
const EVENT = 'main~personal~utc.ics';

describe('calendars: servers that fail (needs radicale and openssl)', () => {
  let radicale: Radicale;
  let proxy: FaultyProxy;
  let context: PluginContext;
  let dataDir: string;
  let fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  before(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections, plain: true });
  });
  after(async () => {
    await radicale?.stop();
  });
  beforeEach(async () => {
    fault = () => undefined;
    dataDir = temporaryFolder();
    proxy = await startFaultyProxy(`http://127.0.0.1:${radicale.port}`, (request) => fault(request));
    context = calendarContext({ ...radicale, url: proxy.url }, { dataDir });
    await listCalendars({}, context);
  });
  afterEach(async () => {
    await proxy.stop();
    removeFolder(dataDir);
  });

  const answering = (method: string, status: number, more: Partial<Fault> = {}) => {
    fault = (request) => (request.method === method ? ({ kind: 'answer', status, ...more } as Fault) : undefined);
  };

  const WRITES: readonly (readonly [number, string])[] = [
    [401, 'refused the sign-in of pyra'],
    [403, 'does not allow that'],
    [404, 'is not there'],
    [409, 'conflicts'],
    [412, 'was changed in the meantime, so nothing was written'],
    [413, 'too large'],
    [423, 'is locked'],
    [429, 'wants fewer requests'],
    [503, 'in maintenance or overloaded'],
    [507, 'the storage of pyra on'],
  ];
  for (const [status, words] of WRITES) {
    it(`says what to do when a write is answered with ${status}`, async () => {
      answering('PUT', status);
      expect(await failureWords(updateEvent({ id: EVENT, title: 'x' }, context))).to.contain(words);
      expect(await failureWords(createEvent({ title: 'x', start: '2026-03-01' }, context))).to.contain(words);
      answering('DELETE', status);
      expect(await failureWords(deleteEvent({ id: EVENT }, context))).to.contain(words);
      answering('REPORT', status);
      expect(await failureWords(listEvents(MARCH, context)))
        .to.be.a('string')
        .and.not.equal('');
    });
  }

  it('names the condition of CalDAV that was not met', async () => {
    const body = '<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:no-uid-conflict/></d:error>';
    answering('PUT', 409, { body });
    expect(await failureWords(createEvent({ title: 'x', start: '2026-03-01' }, context))).to.contain('(no-uid-conflict)');
  });

  it('sends the version with every change, and waits where it is weak, or says that it stays so', async () => {
    const guards: string[] = [];
    fault = ({ method, headers }) => {
      if (method === 'PUT') guards.push(String(headers['if-match'] ?? headers['if-none-match']));
      return undefined;
    };
    await updateEvent({ id: EVENT, title: 'Call with Boston' }, context);
    await createEvent({ title: 'x', start: '2026-03-01' }, context);
    expect(guards[0]).to.match(/^"[^"]+"$/);
    expect(guards[1]).to.equal('*');
    const ics = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'DTSTART:20260301T100000Z', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
    let asked = 0;
    const answers = (etags: readonly string[]) => {
      asked = 0;
      fault = ({ method }) => {
        if (method === 'PUT') return { kind: 'answer', status: 204 };
        if (method !== 'GET') return undefined;
        asked += 1;
        return { kind: 'answer', status: 200, body: ics, headers: { etag: etags[asked - 1] ?? etags.at(-1) ?? '' } };
      };
    };
    answers(['W/"a"', '"a"']);
    await updateEvent({ id: EVENT, title: 'y' }, context);
    expect(proxy.seen.at(-1)).to.deep.include({ method: 'PUT' });
    expect(proxy.seen.at(-1)?.headers['if-match']).to.equal('"a"');
    answers(['W/"a"']);
    expect(await failureWords(updateEvent({ id: EVENT, title: 'z' }, context))).to.contain('only weak versions');
    answers(['W/"a"', '"b"']);
    expect(await failureWords(updateEvent({ id: EVENT, title: 'z' }, context))).to.contain('was changed in the meantime');
  }).timeout(15_000);

  it('says that a connection was lost, and for a change that it may have been made', async () => {
    fault = ({ method }) => (method === 'REPORT' ? { kind: 'cut', after: 500 } : undefined);
    expect(await failureWords(listEvents(MARCH, context))).to.match(/the connection to 127\.0\.0\.1:\d+ was lost; try again/);
    fault = ({ method }) => (method === 'PUT' ? { kind: 'cut', after: 0 } : undefined);
    expect(await failureWords(updateEvent({ id: EVENT, title: 'x' }, context))).to.contain('whether the change was made is not known');
  });

  it('stops at once when the call is cancelled while the server is silent', async () => {
    fault = ({ method }) => (method === 'REPORT' ? { kind: 'silence' } : undefined);
    const stop = new AbortController();
    const call = listEvents(MARCH, calendarContext({ ...radicale, url: proxy.url }, { signal: stop.signal }));
    setTimeout(() => stop.abort(), 100);
    const began = performance.now();
    expect((await failureOf(call)).name).to.equal('AbortError');
    expect(performance.now() - began).to.be.below(10_000);
  });

  it('follows no redirect to another host, and sends no password there', async () => {
    const other = await startFaultyProxy(`http://127.0.0.1:${radicale.port}`, () => undefined);
    try {
      fault = ({ method }) => (method === 'REPORT' ? { kind: 'answer', status: 302, headers: { location: `${other.url}/x` } } : undefined);
      expect(await failureWords(listEvents(MARCH, context))).to.contain(`redirects to ${other.url}, and nothing is sent to another host`);
      expect(other.seen).to.deep.equal([]);
    } finally {
      await other.stop();
    }
  });

  it('takes an answer that is no calendar for what it is', async () => {
    fault = () => ({ kind: 'answer', status: 200, body: '<html>Welcome</html>' });
    const fresh = calendarContext({ ...radicale, url: `${proxy.url}/elsewhere` });
    expect(await failureWords(listCalendars({}, fresh))).to.contain('no calendars and no address books');
  });

  it('goes on where only another page of the server refuses the sign-in', async () => {
    fault = ({ path }) => (path.startsWith('/remote.php') ? { kind: 'answer', status: 401 } : undefined);
    const other = calendarContext({ ...radicale, url: `${proxy.url}/` });
    expect((await listCalendars({}, { ...other, accounts: { main: { ...other.settings, url: `${proxy.url}/pyra` } } })).text).to.contain(
      'Persönlich',
    );
  });

  it('does not take a server that fails for one that has no calendars', async () => {
    for (const status of [500, 502, 504]) {
      answering('PROPFIND', status);
      // What was found at an address is kept for a while.
      const elsewhere = calendarContext({ ...radicale, url: `${proxy.url}/${status}/` });
      expect(await failureWords(listCalendars({}, elsewhere)))
        .to.contain(`HTTP ${status}`)
        .and.to.contain('try again later');
    }
  });

  it('does not take a time zone that there is not', async () => {
    const { main } = context.accounts;
    const astray = { ...context, accounts: { main: { ...main, timezone: 'Mars/Base' } } };
    expect(await failureWords(checkAccount('main', astray))).to.equal('"Mars/Base" is no time zone; one is written like Europe/Berlin');
  });

  it('tries a wrong password no more than twice', async () => {
    const begun = proxy.seen.length;
    await failureWords(listCalendars({}, calendarContext({ ...radicale, url: proxy.url, password: 'wrong' })));
    // A redirect asks for no password.
    expect(proxy.seen.slice(begun).filter(({ path }) => !path.startsWith('/.well-known/'))).to.have.length.at.most(2);
  });

  it('says that a sign-in is refused, and that nobody answers', async () => {
    const wrong = calendarContext({ ...radicale, url: proxy.url, password: 'wrong' });
    for (const call of [() => listCalendars({}, wrong), () => checkAccount('main', wrong)]) {
      const words = await failureWords(call());
      expect(words).to.contain('refused the sign-in of pyra').and.to.contain('pyra plugin setup nextcloud').and.not.to.contain('wrong');
    }
    const { url } = proxy;
    await proxy.stop();
    expect(await failureWords(listEvents(MARCH, context))).to.contain('refuses connections');
    proxy = await startFaultyProxy(url, () => undefined);
  });
});

describe('calendars: read-only (needs radicale and openssl)', () => {
  it('writes nothing where the server grants only reading, and says so', async function () {
    needsRadicale(this);
    const radicale = await startRadicale({ seed: writeSampleCollections, rights: 'read-only' });
    const forget = trustAuthority(radicale.ca);
    try {
      const context = calendarContext(radicale);
      expect((await listCalendars({}, context)).text).to.contain('Persönlich (id personal): events, read-only');
      expect(await failureWords(createEvent({ title: 'x', start: '2026-03-01' }, context))).to.contain('no calendar that can be written');
      expect(await failureWords(createEvent({ title: 'x', start: '2026-03-01', calendar: 'personal' }, context))).to.contain(
        'can only be read',
      );
      expect(await failureWords(deleteEvent({ id: EVENT }, context))).to.contain('can only be read');
    } finally {
      forget();
      await radicale.stop();
    }
  });
});

describe('calendars: TLS (needs radicale and openssl)', () => {
  it('sends nothing to a server with a certificate that is not trusted, or is for another host', async function () {
    needsRadicale(this);
    const radicale = await startRadicale({ seed: writeSampleCollections });
    const other = await startRadicale({ seed: writeSampleCollections, certificateFor: 'elsewhere.example.test' });
    const forget = trustAuthority(other.ca);
    try {
      expect(await failureWords(listCalendars({}, calendarContext(radicale))))
        .to.contain('is not one that this machine trusts')
        .and.to.contain('(ca)');
      expect(await failureWords(listCalendars({}, calendarContext(other)))).to.contain('is for another host; nothing was sent');
    } finally {
      forget();
      await radicale.stop();
      await other.stop();
    }
  });

  it('says that the connection was lost, or refused, when the server dies in the middle', async function () {
    needsRadicale(this);
    const radicale = await startRadicale({ seed: writeSampleCollections });
    const forget = trustAuthority(radicale.ca);
    try {
      const context = calendarContext(radicale);
      await listCalendars({}, context);
      const call = failureWords(listEvents({ from: '2026-01-01', to: '2035-01-01' }, context));
      await radicale.kill();
      expect(await call).to.match(/was lost|refuses connections/);
      expect(await failureWords(listEvents(MARCH, context))).to.contain('refuses connections');
    } finally {
      forget();
      await radicale.stop();
    }
  });
});
