import { expect } from 'chai';
import ICAL from 'ical.js';
import { timeAt } from './calendar-file.js';
import { fileZone, ianaZone } from './time-zone.js';
import { zoneDefinition } from './zone-definition.js';

const DAY = 86_400_000;

describe('definitions of time zones', () => {
  for (const id of [
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Africa/Casablanca',
    'America/Sao_Paulo',
    'Pacific/Auckland',
  ]) {
    it(`say of ${id} what Node says of it`, () => {
      const zone = ianaZone(id) ?? expect.fail(id);
      const start = Date.UTC(2026, 2, 1, 9);
      const text = ICAL.stringify(zoneDefinition(zone, start).jCal);
      const component = new ICAL.Component(ICAL.parse(text));
      const read = fileZone(new ICAL.Timezone({ component, tzid: id }), timeAt);
      for (let wall = start; wall < Date.UTC(2028, 2, 1); wall += 5 * 3_600_000) {
        expect(read.instantOf(wall), `${id} ${new Date(wall).toISOString()}`).to.equal(zone.instantOf(wall));
      }
    });
  }

  it('have a rule where the zone has one', () => {
    const text = ICAL.stringify(zoneDefinition(ianaZone('America/New_York') ?? expect.fail(), Date.UTC(2026, 2, 1)).jCal);
    expect(text).to.contain('BYMONTH=3;BYDAY=2SU').and.to.contain('BYMONTH=11;BYDAY=1SU').and.to.contain('TZOFFSETTO:-0400');
  });
});

describe('time zones', () => {
  it('give the wall time back for every instant, and one instant for every wall time', () => {
    for (const id of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      const zone = ianaZone(id) ?? expect.fail(id);
      for (let instant = Date.UTC(2026, 0, 1); instant < Date.UTC(2027, 0, 1); instant += DAY / 3) {
        const wall = zone.wallOf(instant);
        const back = zone.instantOf(wall);
        expect(zone.wallOf(back), id).to.equal(wall);
        expect(Math.abs(back - instant), id).to.be.at.most(3_600_000);
      }
    }
    expect(ianaZone('Mars/Base')).to.equal(undefined);
  });
});
