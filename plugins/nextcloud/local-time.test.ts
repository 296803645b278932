import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { givenInstant, homeZone, parseTime, parseWindow, spanText, wallText } from './local-time.js';
import { ianaZone } from './time-zone.js';

const BERLIN = ianaZone('Europe/Berlin') ?? expect.fail();
const iso = (instant: number) => new Date(instant).toISOString();

describe('times of arguments', () => {
  it('are days, times of the person, or times with an offset', () => {
    const instant = (text: string) => iso(givenInstant(parseTime(text, 'start'), BERLIN));
    expect(instant('2026-03-30')).to.equal('2026-03-29T22:00:00.000Z');
    expect(instant('2026-03-30T09:30')).to.equal('2026-03-30T07:30:00.000Z');
    expect(instant('2026-03-30 09:30:15')).to.equal('2026-03-30T07:30:15.000Z');
    expect(instant('2026-03-30T09:30Z')).to.equal('2026-03-30T09:30:00.000Z');
    expect(instant('2026-03-30T09:30:00.000-04:00')).to.equal('2026-03-30T13:30:00.000Z');
    for (const none of ['', 'tomorrow', '2026-13-01', '2026-02-30', '2026-03-30T24:00', '2026-03-30T09:60', '30.3.2026']) {
      expect(() => parseTime(none, 'start'), none).to.throw(ToolFailure, 'no date or time');
    }
  });

  it('make windows: a day at the end is meant whole', () => {
    const { start, end } = parseWindow('2026-03-29', '2026-03-29', BERLIN, 10);
    expect((end - start) / 3_600_000).to.equal(23);
    expect(() => parseWindow('2026-03-30', '2026-03-29', BERLIN, 10)).to.throw(ToolFailure, 'ends before it begins');
    expect(() => parseWindow('2026-03-30', '2026-06-29', BERLIN, 10)).to.throw(ToolFailure, 'longer than 10 days');
  });

  it('are shown with their weekday, an end on the same day without it', () => {
    const wall = (text: string) => Date.parse(`${text}Z`);
    expect(spanText(wall('2026-03-30T09:30'), wall('2026-03-30T09:45'), false)).to.equal('Mon 2026-03-30 09:30–09:45');
    expect(spanText(wall('2026-03-30T22:00'), wall('2026-03-31T01:00'), false)).to.equal('Mon 2026-03-30 22:00–Tue 2026-03-31 01:00');
    expect(spanText(wall('2026-03-30T00:00'), wall('2026-03-31T00:00'), true)).to.equal('Mon 2026-03-30, all day');
    expect(wallText(wall('2026-03-30T09:30:05'))).to.equal('2026-03-30T09:30:05');
  });

  it('are in the zone that is given, else in the first that is known', () => {
    expect(homeZone('America/New_York', 'Europe/Berlin').id).to.equal('America/New_York');
    expect(homeZone(undefined, undefined, 'Nowhere', 'Europe/Berlin').id).to.equal('Europe/Berlin');
    expect(() => homeZone('Nowhere')).to.throw(ToolFailure, 'no time zone');
  });
});
