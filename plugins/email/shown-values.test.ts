import { expect } from 'chai';
import { oneLine } from './one-line.js';
import { isZone, shownDate, zoneOf } from './shown-date.js';
import { shownSize } from './shown-size.js';
import { offsetMinutes, zoneName } from './zone-names.js';

describe('what is shown of a message', () => {
  it('is one line without control and direction characters, however long it was', () => {
    expect(oneLine('a\r\nSubject: b\u202Ec\u0000')).to.equal('a Subject: bc');
    expect(oneLine('x'.repeat(1_000), 10)).to.equal('xxxxxxxxx…');
  });

  it('has its time in the zone of the person, in summer and in winter', () => {
    expect(shownDate(new Date('2026-03-28T23:30:00Z'), 'Europe/Berlin')).to.equal('Sun 2026-03-29 00:30');
    expect(shownDate(new Date('2026-03-29T23:30:00Z'), 'Europe/Berlin')).to.equal('Mon 2026-03-30 01:30');
    expect(zoneOf({ timezone: 'Nowhere/Land' })).to.equal(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it('has sizes as people read them', () => {
    expect([0, 999, 3_615, 300_000, 25_500_000].map(shownSize)).to.deep.equal(['0 bytes', '999 bytes', '3.6 KB', '300 KB', '26 MB']);
  });
});

describe('names of time zones', () => {
  const cases: readonly (readonly [given: string, name: string | undefined])[] = [
    ['Europe/Berlin', 'Europe/Berlin'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['/freeassociation.sourceforge.net/Europe/Vienna', 'Europe/Vienna'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Customized Time Zone', undefined],
    ['', undefined],
  ];
  for (const [given, name] of cases) {
    it(`make ${name} of ${JSON.stringify(given)}`, () => {
      expect(zoneName(given)).to.equal(name);
    });
  }

  it('of Windows are all known here', () => {
    expect(isZone('Europe/Kiev')).to.equal(true);
    expect(zoneName('India Standard Time')).to.equal('Asia/Kolkata');
  });

  it('have offsets, those of half hours too', () => {
    expect(offsetMinutes('Asia/Kolkata', new Date(0))).to.equal(330);
    expect(offsetMinutes('America/New_York', new Date('2026-01-01'))).to.equal(-300);
    expect(offsetMinutes('UTC', new Date())).to.equal(0);
  });
});
